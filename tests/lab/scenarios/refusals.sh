# SPDX-License-Identifier: Apache-2.0
# What cannot be done is refused with a sentence that helps, and nothing is changed.
export LAB_IPV6=no
. /lab/lib.sh
. /lab/attached.sh
need_plugins

# add_refused POD WORD...: ADD fails, its error has these words; the sentence is kept in $sentence
add_refused() {
	refused_pod=$1
	shift
	if runtime add lab "$refused_pod" "/run/netns/$refused_pod" net1 >"$LAB_TMP/error"; then
		cat "$LAB_TMP/error"
		fail "ADD should have been refused"
	fi
	jq -e '.code > 0' "$LAB_TMP/error" >/dev/null || fail "no proper error: $(cat "$LAB_TMP/error")"
	sentence=$(jq -r '[ .msg, .details // empty ] | join("; ")' "$LAB_TMP/error")
	note "$sentence"
	contains "the error" "$sentence" "$@"
}

# Without the marks of an address that is still being checked for duplicates
pod_state() {
	in_pod "$1" ip -d addr show | sed 's/ optimistic//; s/ tentative//'
	in_pod "$1" ip route
	in_pod "$1" rdma link show
}

# The kernel tells of the carrier a little after "up".
pod_is_up() {
	in_pod "$1" ip link show net1 | grep -q 'state UP'
}

simnic_start 2
use_network 1 "$ALL_KEYS"
pod p1
pod p2

say "a VF that another pod has"
snapshot "$LAB_TMP/before"
runtime add lab p1 /run/netns/p1 net1 >"$LAB_TMP/result"
until_true 10 pod_is_up p1
snapshot "$LAB_TMP/attached"
pod_state p1 >"$LAB_TMP/p1-before"
add_refused p2 "$(vf_bdf 1)" "$(container_id p1)"
same_now "$LAB_TMP/attached" "after the refused ADD"
runtime del lab p2 /run/netns/p2 net1
same_now "$LAB_TMP/attached" "after the DEL for the refused ADD"
pod_state p1 >"$LAB_TMP/p1-after"
same "$LAB_TMP/p1-before" "$LAB_TMP/p1-after" "in the pod that has the VF"
runtime del lab p1 /run/netns/p1 net1
same_now "$LAB_TMP/before"

say "a name that the pod uses already"
in_pod p1 ip link add net1 type veth peer name other
in_pod p1 ip addr add 192.0.2.1/24 dev net1
in_pod p1 ip link set net1 up
# Its peer stays down. The kernel tells of the missing carrier a little after "up".
no_carrier() { in_pod p1 ip route | grep -q linkdown && in_pod p1 ip link show net1 | grep -q LOWERLAYERDOWN; }
until_true 10 no_carrier
pod_state p1 >"$LAB_TMP/p1-before"
add_refused p1 net1
pod_state p1 >"$LAB_TMP/p1-after"
same "$LAB_TMP/p1-before" "$LAB_TMP/p1-after" "in the pod"
same_now "$LAB_TMP/before"
runtime del lab p1 /run/netns/p1 net1
pod_state p1 >"$LAB_TMP/p1-after"
same "$LAB_TMP/p1-before" "$LAB_TMP/p1-after" "in the pod, after DEL"
same_now "$LAB_TMP/before"

# rdma_refused WHAT WORD...: on a NIC where only rdma can refuse
rdma_refused() {
	say "$1"
	shift
	pod p1
	snapshot "$LAB_TMP/before"
	add_refused p1 "$@"
	echo "$sentence" >>"$LAB_TMP/sentences"
	runtime del lab p1 /run/netns/p1 net1
	same_now "$LAB_TMP/before" "after DEL"
	pod_del p1
}

restart() {
	for ns in $(ip netns list | cut -d' ' -f1); do
		ip netns del "$ns"
	done
	simnic_stop
	simnic_start "$@"
}

RDMA_MODE=shared restart 2
rdma_refused "the RDMA subsystem in shared mode" exclusive
restart 2 no_disassociate=1
rdma_refused "a driver whose devices cannot be moved" "$(vf_rdma 1)"
restart 2 rdma=0
rdma_refused "a device without RDMA" "$(vf_bdf 1)"
restart 2 rdma=2
rdma_refused "a VF with two RDMA devices" "$(vf_rdma 1)" "$(vf_rdma 1)d1"
equal "different sentences" "$(sort -u "$LAB_TMP/sentences" | wc -l)" 4
