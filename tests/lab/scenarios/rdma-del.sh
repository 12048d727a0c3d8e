# SPDX-License-Identifier: Apache-2.0
# DEL of rdma from every place where the device can be: each time it is home, and the chain goes on.
# lab: timeout=300
. /lab/lib.sh
export LAB_IPV6=no
need_plugins

# to_host DEVICE: as if the pod were gone; iproute2 knows namespaces by name only
to_host() {
	ip netns attach host 1
	to_host_status=0
	in_pod p1 rdma dev set "$1" netns host || to_host_status=$?
	# whoever cleans up must not find it: our own processes are in there
	ip netns del host
	return "$to_host_status"
}

# The plugin alone: sriov has its own scenarios.
conf() {
	jq -nc --arg bdf "$(vf_bdf 1)" '{ cniVersion: "1.0.0", name: "lab", type: "rdma", deviceID: $bdf,
		prevResult: { cniVersion: "1.0.0", interfaces: [ { name: "net1", sandbox: "/run/netns/p1" } ] } }'
}

# rdma_del [NETNS_PATH]: as a runtime does it, and once more
rdma_del() {
	for again in first second; do
		plugin_call rdma DEL c1 "${1-/run/netns/p1}" net1 <"$LAB_TMP/conf" >"$LAB_TMP/reply" ||
			fail "the $again DEL: $(cat "$LAB_TMP/reply")"
		[ ! -s "$LAB_TMP/reply" ] || equal "DEL's output" "$(cat "$LAB_TMP/reply")" ''
	done
}

rdma_add() {
	plugin_call rdma ADD c1 /run/netns/p1 net1 <"$LAB_TMP/conf" >"$LAB_TMP/reply" ||
		fail "ADD: $(cat "$LAB_TMP/reply")"
}

go_add() {
	go_rdma_add 1 p1
}

kept_files() {
	/lab/snapshot file
	/lab/snapshot special
}

is_home() {
	[ -e "/sys/class/infiniband/$(vf_rdma 1)" ]
}

# A process that keeps the pod's namespace alive
hold() {
	in_pod p1 sleep 1000 &
	until_true 10 sh -c 'ip netns pids p1 | grep .'
	holder=$(ip netns pids p1)
}

simnic_start 2
vf=$(vf_bdf 1)
pod p2
conf >"$LAB_TMP/conf"
pod p1
snapshot "$LAB_TMP/before"
pod_del p1
snapshot "$LAB_TMP/before-no-pod"

for made_by in rdma_add go_add; do
	say "attached by $made_by: in the pod"
	pod p1
	$made_by
	rdma_del
	same_now "$LAB_TMP/before" "after DEL ($made_by)"

	say "$made_by: renamed in the pod"
	$made_by
	in_pod p1 rdma dev set "$(vf_rdma 1)" name mine
	rdma_del
	same_now "$LAB_TMP/before" "after DEL of a renamed device ($made_by)"

	say "$made_by: home already"
	$made_by
	to_host "$(vf_rdma 1)"
	rdma_del
	same_now "$LAB_TMP/before" "after DEL of a device at home ($made_by)"

	say "$made_by: home already, under another name"
	$made_by
	to_host "$(vf_rdma 1)"
	rdma dev set "$(vf_rdma 1)" name wanderer
	rdma_del
	same_now "$LAB_TMP/before" "after DEL of a renamed device at home ($made_by)"

	say "$made_by: CNI_NETNS empty, the pod gone"
	$made_by
	pod_del p1
	rdma_del ''
	same_now "$LAB_TMP/before-no-pod" "after DEL without namespace ($made_by)"

	say "$made_by: the namespace is being taken down"
	pod p1
	$made_by
	pod_del p1
	timed "DEL" rdma_del
	same_now "$LAB_TMP/before-no-pod" "after DEL with a dying namespace ($made_by)"

	say "$made_by: another namespace at the same path"
	pod p1
	$made_by
	pod_del p1
	pod p1
	rdma_del
	same_now "$LAB_TMP/before" "after DEL with another namespace at the path ($made_by)"

	say "$made_by: the VF's driver was bound anew"
	$made_by
	echo "$vf" >"$(vf_dir 1)/driver/unbind"
	echo "$vf" >/sys/bus/pci/drivers/simnicvf/bind
	ip link set "$(vf_netdev 1)" down
	rdma_del
	is_home || fail "the device is not at home"
	equal "files" "$(kept_files)" ''

	say "$made_by: the VFs were re-created"
	$made_by
	echo 0 >"$LAB_PF_DIR/sriov_numvfs"
	echo 2 >"$LAB_PF_DIR/sriov_numvfs"
	rdma_del
	is_home || fail "the device is not at home"
	equal "files" "$(kept_files)" ''

	say "$made_by: the VF is gone"
	$made_by
	echo 0 >"$LAB_PF_DIR/sriov_numvfs"
	rdma_del
	equal "files" "$(kept_files)" ''
	echo 2 >"$LAB_PF_DIR/sriov_numvfs"
	pod_del p1
	simnic_stop
	simnic_start 2
	# the PF's and VFs' first links have other numbers now
	pod p1
	snapshot "$LAB_TMP/before"
	pod_del p1
	snapshot "$LAB_TMP/before-no-pod"
done

say "CNI_NETNS empty, the pod still there"
pod p1
for made_by in rdma_add go_add; do
	$made_by
	rdma_del ''
	same_now "$LAB_TMP/before" "after DEL with empty CNI_NETNS ($made_by)"
done

say "GC of a live pod that is not listed, and nothing says where a Go plugin's pod is"
for made_by in rdma_add go_add; do
	$made_by
	jq -c '. + { cniVersion: "1.1.0", "cni.dev/valid-attachments": [] }' "$LAB_TMP/conf" |
		plugin_call rdma GC '' '' ''
	same_now "$LAB_TMP/before" "after GC ($made_by)"
done

say "the path is gone, a process keeps the namespace: left to the kernel, and the chain goes on"
rdma_add
hold
pod_del p1
timed "two DELs" rdma_del
contains "the log" "$(cat "$PLUGINS_LOG")" "left for later"
# shellcheck disable=SC2086 # there may be several
kill $holder
until_true 10 is_home
pod p1
rdma_add
rdma_del
same_now "$LAB_TMP/before" "after the namespace ended and the next pod came and went"

say "the record is damaged: DEL finds the device in the pod"
rdma_add
for file in /var/lib/cni/sriov-rdma/rdma/lab:*; do
	echo garbage >"$file"
done
rm -f /var/lib/cni/rdma/lab-c1-net1
rdma_del
contains "the log" "$(cat "$PLUGINS_LOG")" "nothing is on record"
is_home || fail "the device is not at home"
rm -f /var/lib/cni/sriov-rdma/rdma/* "/run/cni/sriov-rdma/$(vf_bdf 1).json"
same_now "$LAB_TMP/before" "after DEL without a record"

say "DEL for a pod that was never attached leaves another pod's device alone"
rdma_add
snapshot "$LAB_TMP/attached"
plugin_call rdma DEL c2 /run/netns/p2 net1 <"$LAB_TMP/conf"
same_now "$LAB_TMP/attached" "after DEL for another pod"
rdma_del
same_now "$LAB_TMP/before"

say "DEL with an unknown CNI_ARGS, and without a configuration to speak of"
rdma_add
jq -c '{ cniVersion, name, type, args: "nonsense", mode: 5, logLevel: [] }' "$LAB_TMP/conf" >"$LAB_TMP/conf2"
CNI_ARGS='FOO=1' CNI_COMMAND=DEL CNI_CONTAINERID=c1 CNI_NETNS=/run/netns/p1 CNI_IFNAME=net1 \
	"$CNI_PATH/rdma" <"$LAB_TMP/conf2"
same_now "$LAB_TMP/before"
