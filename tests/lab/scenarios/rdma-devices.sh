# SPDX-License-Identifier: Apache-2.0
# A VF with two RDMA devices, all or none; rdmaDeviceName; which device when nobody says; zero GUIDs.
# lab: timeout=300
export LAB_IPV6=no
. /lab/lib.sh
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

# use_rdma VF KEYS [ARGS]: the chain with KEYS in rdma's configuration; a key "-" is taken out
use_rdma() {
	network "$1" | jq --argjson keys "$2" '.plugins[1] += $keys |
		if $keys | has("deviceID") then del(.plugins[1].deviceID) else . end' \
		>"$NETCONFPATH/lab.conflist"
}

add() {
	runtime add lab p1 /run/netns/p1 net1 >"$LAB_TMP/result"
}

del() {
	runtime del lab p1 /run/netns/p1 net1
}

add_refused() {
	! add || fail "ADD should have been refused"
	note "$(jq -r .msg "$LAB_TMP/result")"
	equal "the code" "$(jq .code "$LAB_TMP/result")" "$1"
	shift
	contains "the refusal" "$(jq -r .msg "$LAB_TMP/result")" "$@"
	del
	same_now "$LAB_TMP/before" "after the refusal"
}

mkdir -p "$NETCONFPATH"
simnic_start 3 rdma=2
pod p1
snapshot "$LAB_TMP/before"
first=$(vf_rdma 1)
second=${first}d1

say "two devices, one expected"
use_rdma 1 '{}'
add_refused 101 "$first, $second" '"rdmaDevices": "all"'

say "rdmaDevices all: both are in the pod, with the numbers they had, and both are usable"
numbers=$(ls "$(vf_dir 1)/infiniband_verbs")
use_rdma 1 '{ "rdmaDevices": "all" }'
add
address=$(jq -r '.ips[0].address | sub("/.*"; "")' "$LAB_TMP/result")
pod_verbs p1 --count 2 --gid "$address" --denied /dev/infiniband/uverbs0
equal "the numbers" "$(ls "$(vf_dir 1)/infiniband_verbs")" "$numbers"
equal "devices in the index" "$(jq -c '[ .rdmaDevices[].name ]' "/run/cni/sriov-rdma/$(vf_bdf 1).json")" \
	"[\"$first\",\"$second\"]"
equal "the index's mode" "$(stat -c %a "/run/cni/sriov-rdma/$(vf_bdf 1).json")" 644

say "CHECK sees that one of them left, DEL brings home what is away"
plugin_conf 1 "$NETCONFPATH/lab.conflist" "$(cat "$LAB_TMP/result")" >"$LAB_TMP/check.conf"
plugin_call rdma CHECK "$(container_id p1)" /run/netns/p1 net1 <"$LAB_TMP/check.conf"
to_host "$second"
! plugin_call rdma CHECK "$(container_id p1)" /run/netns/p1 net1 <"$LAB_TMP/check.conf" \
	>"$LAB_TMP/reply" || fail "CHECK saw nothing"
note "$(jq -r .msg "$LAB_TMP/reply")"
contains "CHECK" "$(cat "$LAB_TMP/reply")" "want all in netns" "1 of 2"
del
same_now "$LAB_TMP/before" "after DEL of two devices"

say "names that the pod gave, even each other's, are undone"
add
in_pod p1 rdma dev set "$first" name other
in_pod p1 rdma dev set "$second" name "$first"
in_pod p1 rdma dev set other name "$second"
del
same_now "$LAB_TMP/before" "after DEL of two devices with each other's names"

say "all or none: the second one cannot be moved"
fault rdma_netns 16 1 1
! add || fail "ADD should have failed"
note "$(jq -r .msg "$LAB_TMP/result")"
fault_clear
equal "the pod's RDMA devices" "$(in_pod p1 rdma dev show | wc -l)" 0
del
same_now "$LAB_TMP/before" "after one of two could not be moved"

say "rdmaDeviceName is one name for one device"
use_rdma 1 '{ "rdmaDevices": "all", "rdmaDeviceName": "roce0" }'
add_refused 7 roce0 "2 RDMA devices"
pod_del p1
simnic_stop

simnic_start 3 zero_guid=1
pod p1
pod p2
snapshot "$LAB_TMP/before"

say "rdmaDeviceName, as NVIDIA's fork has it; and node GUID 0 is told"
use_rdma 1 '{ "args": { "cni": { "rdmaDeviceName": "roce0" } } }'
add
address=$(jq -r '.ips[0].address | sub("/.*"; "")' "$LAB_TMP/result")
pod_verbs p1 --only roce0 --gid "$address"
contains "the log" "$(cat "$PLUGINS_LOG")" "node GUID 0" "bind it again"
equal "the index" "$(jq -r '.rdmaDevices[0] | .name + " " + .hostName' \
	"/run/cni/sriov-rdma/$(vf_bdf 1).json")" "roce0 $(vf_rdma 1)"
equal "the Go plugin's file" "$(jq -r '.sandboxRdmaDevName + " " + .containerRdmaDevName' \
	"/var/lib/cni/rdma/lab-$(container_id p1)-net1")" "$(vf_rdma 1) roce0"

say "the same name for another pod is refused before anything is changed"
cp "$NETCONFPATH/lab.conflist" "$LAB_TMP/p1.conflist"
network 2 '' other | jq '.plugins[1] += { rdmaDeviceName: "roce0" }' >"$NETCONFPATH/other.conflist"
! runtime add other p2 /run/netns/p2 net1 >"$LAB_TMP/result2" || fail "ADD should have been refused"
note "$(jq -r .msg "$LAB_TMP/result2")"
equal "the code" "$(jq .code "$LAB_TMP/result2")" 103
contains "the refusal" "$(cat "$LAB_TMP/result2")" "roce0 is taken by device $(vf_bdf 1)"
runtime del other p2 /run/netns/p2 net1
rm "$NETCONFPATH/other.conflist"

say "the name is restored: by DEL, and by DEL after the pod has died"
del
same_now "$LAB_TMP/before" "after DEL of a renamed device"
add
pod_del p1
until_true 10 test -e "/sys/class/infiniband/roce0"
runtime del lab p1 '' net1
# in the order in which they were made, for the list of mounts
pod_del p2
pod p1
pod p2
same_now "$LAB_TMP/before" "after DEL of a renamed device whose pod had died"

say "the old name was taken meanwhile: the device comes home under a name nobody wants"
add
rdma dev set "$(vf_rdma 2)" name "$(vf_rdma 1)"
del
contains "the host's devices" "$(rdma dev show)" ": ibdev" ": $(vf_rdma 1):"
contains "the log" "$(cat "$PLUGINS_LOG")" "RDMA device name $(vf_rdma 1) is taken now"
rdma dev set "$(vf_rdma 1)" name "$(vf_rdma 2)"
rdma dev set "$(ls "$(vf_dir 1)/infiniband")" name "$(vf_rdma 1)"
same_now "$LAB_TMP/before" "after the names were put right"

say "without deviceID: from prevResult, else from the interface in the pod"
use_rdma 1 '{ "deviceID": "" }'
add
contains "the log" "$(cat "$PLUGINS_LOG")" "(from prevResult)"
del
plugin_conf 0 "$NETCONFPATH/lab.conflist" | plugin_call sriov ADD c /run/netns/p1 net1 |
	jq 'del(.interfaces[].pciID)' >"$LAB_TMP/prev"
plugin_conf 1 "$NETCONFPATH/lab.conflist" "$(cat "$LAB_TMP/prev")" |
	plugin_call rdma ADD c /run/netns/p1 net1 >"$LAB_TMP/result"
contains "the log" "$(cat "$PLUGINS_LOG")" "of $(vf_bdf 1) (from the pod's interface)"
plugin_conf 1 "$NETCONFPATH/lab.conflist" | plugin_call rdma DEL c /run/netns/p1 net1
plugin_conf 0 "$NETCONFPATH/lab.conflist" | plugin_call sriov DEL c /run/netns/p1 net1
same_now "$LAB_TMP/before" "after DEL of a device that nobody named"
pod_del p1
pod_del p2
simnic_stop

say "InfiniBand is refused before anything is changed"
simnic_start 2 ibmask=1
pod p1
ibdev=$(ls "$(vf_dir 1)/infiniband")
jq -nc --arg bdf "$(vf_bdf 1)" '{ cniVersion: "1.0.0", name: "lab", type: "rdma", deviceID: $bdf,
	prevResult: { cniVersion: "1.0.0", interfaces: [ { name: "net1", sandbox: "/run/netns/p1" } ] } }' |
	plugin_call rdma ADD c /run/netns/p1 net1 >"$LAB_TMP/reply" && fail "ADD should have been refused"
note "$(jq -r .msg "$LAB_TMP/reply")"
equal "the code" "$(jq .code "$LAB_TMP/reply")" 108
contains "the refusal" "$(cat "$LAB_TMP/reply")" "$ibdev is InfiniBand" "IPoIB"
[ -e "/sys/class/infiniband/$ibdev" ] || fail "$ibdev is not at home"
