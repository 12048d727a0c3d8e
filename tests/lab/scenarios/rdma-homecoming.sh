# SPDX-License-Identifier: Apache-2.0
# The kernel is bringing a dead pod's device home: DEL gives it its own name all the same, ADD waits for it.
. /lab/lib.sh
export LAB_IPV6=no
need_plugins

vf=1
MOVE_MS=/sys/module/simnic/parameters/rdma_move_ms

conf() {
	jq -nc --arg bdf "$(vf_bdf $vf)" '{ cniVersion: "1.0.0", name: "lab", type: "rdma", deviceID: $bdf, rdmaDeviceName: "roce0",
		prevResult: { cniVersion: "1.0.0", interfaces: [ { name: "net1", sandbox: "/run/netns/p1" } ] } }'
}

# call VERB CONTAINER NETNS_PATH
call() {
	plugin_call rdma "$1" "$2" "$3" net1 <"$LAB_TMP/conf" >"$LAB_TMP/reply" || fail "$1: $(cat "$LAB_TMP/reply")"
}

is_between() {
	for entry in "$(vf_dir $vf)"/infiniband*/*; do
		[ ! -e "$entry" ] || return 1
	done
}

# die: the pod, and its device is on the way
die() {
	echo "$1" >"$MOVE_MS"
	pod_del p1
	until_true 5 is_between
}

simnic_start 2
# so that they lose the device before simnic does
rmmod ib_umad ib_uverbs
modprobe ib_uverbs
modprobe ib_umad
snapshot "$LAB_TMP/before"
pod p1
snapshot "$LAB_TMP/before-pod"
conf >"$LAB_TMP/conf"

say "DEL"
call ADD c1 /run/netns/p1
in_pod p1 rdma dev show roce0 >/dev/null
die 500
call DEL c1 ''
same_now "$LAB_TMP/before" "after DEL"

say "it takes longer than DEL waits: left for later, which is the next DEL"
pod p1
call ADD c1 /run/netns/p1
die 6000
call DEL c1 ''
contains "DEL's message" "$(tail -n 4 "$PLUGINS_LOG")" 'left for later' 'between two network namespaces'
[ -s /var/lib/cni/sriov-rdma/rdma/lab:c1:net1 ] || fail "the record is gone"
call DEL c1 ''
same_now "$LAB_TMP/before" "after the second DEL"

say "the next pod's ADD"
pod p1
call ADD c1 /run/netns/p1
die 500
pod p1
call ADD c2 /run/netns/p1
call DEL c1 ''
in_pod p1 rdma dev show roce0 >/dev/null
call DEL c2 /run/netns/p1
same_now "$LAB_TMP/before-pod" "after the next pod's DEL"
pod_del p1

say "DEL of an attachment of the Go plugin"
pod p1
go_rdma_add $vf p1
die 500
call DEL c1 ''
echo 0 >"$MOVE_MS"
same_now "$LAB_TMP/before" "after DEL"
