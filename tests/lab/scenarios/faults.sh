# SPDX-License-Identifier: Apache-2.0
# Whatever fails during ADD or DEL, the DEL that a runtime does then leaves the host as before.
# lab: timeout=900
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/attached.sh
need_plugins

# mac_mode 2 (mlx5) makes the plugin set the VF's own MAC too, so that it can fail.
simnic_start 2 mac_mode=2
ip link set "$LAB_PF" vf 1 max_tx_rate 5000
use_network 1 "$ALL_KEYS"
pod p1
snapshot "$LAB_TMP/before"

add() {
	runtime add lab p1 /run/netns/p1 net1
}

del() {
	runtime del lab p1 /run/netns/p1 net1
}

# One JSON error object, as the contract wants it
check_error() {
	jq -e '.code > 0 and (.msg | length > 0)' "$1" >/dev/null || fail "no proper error: $(cat "$1")"
	note "$(jq -r '"code \(.code): \(.msg)\(if .details then "; " + .details else "" end)"' "$1")"
}

# add_fails WHAT FAULT...: the fault stays in force during the DEL. One that hits only once may be
# got over: the plugin repeats a message that failed to find out which part of it did.
add_fails() {
	what=$1
	shift
	say "ADD fails at $what"
	fault "$@"
	if ! add >"$LAB_TMP/error"; then
		check_error "$LAB_TMP/error"
	elif fault_waits "$1"; then
		note "the plugins did not use this operation"
	elif [ "${3:-1}" = 1 ]; then
		note "got over it"
	else
		fail "ADD succeeded although $1 failed"
	fi
	del
	fault_clear
	same_now "$LAB_TMP/before" "after ADD failed at $what"
}

# del_fails WHAT FAULT...: DEL may get over it, or fail and then the next one must not
del_fails() {
	what=$1
	shift
	say "DEL meets a failure at $what"
	add >"$LAB_TMP/result"
	fault "$@"
	if del >"$LAB_TMP/error"; then
		note "got over it"
	else
		check_error "$LAB_TMP/error"
		del
	fi
	fault_clear
	same_now "$LAB_TMP/before" "after DEL failed at $what"
}

add_fails "the VF's MAC" vf_mac 5 -1
add_fails "the VF's VLAN" vf_vlan 95 -1
add_fails "the VF's VLAN, once" vf_vlan 16
add_fails "the VF's rates" vf_rate 22 -1
add_fails "the VF's spoof checking" vf_spoofchk 95 -1
add_fails "the VF's link state" vf_link 95 -1
add_fails "the VF's trust" vf_trust 1 -1
add_fails "the netdev's move" netns 16 -1
add_fails "the netdev's move, once" netns 12
add_fails "the netdev's move, which happened nevertheless" netns 5 1 0 0 1
add_fails "the netdev's MAC" set_mac 16 -1
add_fails "the netdev's name" rename 16 -1
add_fails "bringing it up" open 12 -1
add_fails "the RDMA device's move" rdma_netns 16 -1
add_fails "the RDMA device's move, once" rdma_netns 16
add_fails "the RDMA device's move, which happened nevertheless" rdma_netns 5 1 0 0 1

del_fails "the RDMA device's move" rdma_netns 16
del_fails "the netdev's move" netns 16
del_fails "the netdev's name" rename 16
del_fails "the netdev's MAC" set_mac 16
del_fails "the VF's MAC" vf_mac 16
del_fails "the VF's VLAN" vf_vlan 16
del_fails "the VF's rates" vf_rate 16
del_fails "the VF's trust" vf_trust 16
del_fails "the VF's link state" vf_link 16

# ipam_fails WHAT IPAM
ipam_fails() {
	say "ADD fails at IPAM: $1"
	use_network 1 "$(echo "$ALL_KEYS" | jq -c --argjson ipam "$2" '. + { ipam: $ipam }')"
	if add >"$LAB_TMP/error"; then
		fail "ADD succeeded although IPAM could not"
	fi
	check_error "$LAB_TMP/error"
	same_now "$LAB_TMP/before" "after ADD failed at IPAM: $1"
	# without a delegate no DEL of the lease is possible either, so that one may fail
	if ! del >"$LAB_TMP/error"; then
		check_error "$LAB_TMP/error"
		[ "$1" = "there is no such delegate" ] || fail "DEL failed after ADD failed at IPAM: $1"
	fi
	same_now "$LAB_TMP/before" "after the DEL that followed"
}

# somebody else has the only address there is
mkdir -p /var/lib/cni/networks/lab
printf 'somebody-else\r\nnet1' >/var/lib/cni/networks/lab/10.58.0.5
snapshot "$LAB_TMP/before"
ipam_fails "no address is left" '{ "type": "host-local", "ranges":
	[ [ { "subnet": "10.58.0.0/24", "rangeStart": "10.58.0.5", "rangeEnd": "10.58.0.5" } ] ] }'
ipam_fails "there is no such delegate" '{ "type": "no-such-delegate" }'
