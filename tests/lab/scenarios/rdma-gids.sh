# SPDX-License-Identifier: Apache-2.0
# After ADD the port is active and the GIDs of the pod's addresses are there; what is missing is named.
# lab: timeout=240
. /lab/lib.sh
need_plugins

waited() {
	sed -n 's/.*msg="GIDs of .* were there after \([0-9]*\) ms".*/\1/p' "$PLUGINS_LOG" | tail -n 1
}

add() {
	runtime add lab p1 /run/netns/p1 net1 >"$LAB_TMP/result" || fail "$(cat "$LAB_TMP/result")"
}

del() {
	runtime del lab p1 /run/netns/p1 net1
}

simnic_start 2
pod p1
mkdir -p "$NETCONFPATH"
network 1 | jq '.plugins[1].logLevel = "debug"' >"$NETCONFPATH/lab.conflist"
snapshot "$LAB_TMP/before"

say "10 times: the workload finds the GIDs of both addresses at once"
round=0
while [ "$round" -lt 10 ]; do
	add
	# shellcheck disable=SC2046 # two words
	set -- $(jq -r '.ips[].address | sub("/.*"; "")' "$LAB_TMP/result")
	pod_verbs p1 --only "$(vf_rdma 1)" --gid "$1" --gid "$2" >"$LAB_TMP/verbs" || fail "$(cat "$LAB_TMP/verbs")"
	note "waited $(waited) ms"
	del
	round=$((round + 1))
done
cat "$LAB_TMP/verbs"
same_now "$LAB_TMP/before" "after 10 rounds; mounts are part of this"

say "while the link is down the port is not active: a warning says so, and ADD succeeds"
network 1 '{ "link_state": "disable" }' | jq '.plugins[1].logLevel = "debug"' >"$NETCONFPATH/lab.conflist"
: >"$PLUGINS_LOG"
timed "ADD" add
contains "the log" "$(cat "$PLUGINS_LOG")" "is not ready after 500 ms" "port 1 is in state 1: DOWN"
del

say "an address that prevResult has and the interface has not: rebuilt, then named"
network 1 | jq '.plugins[1].logLevel = "debug"' >"$NETCONFPATH/lab.conflist"
plugin_conf 0 "$NETCONFPATH/lab.conflist" | plugin_call sriov ADD c1 /run/netns/p1 net1 >"$LAB_TMP/prev"
jq -c '.ips += [ { address: "10.99.0.1/32", interface: 0 } ]' "$LAB_TMP/prev" >"$LAB_TMP/prev2"
: >"$PLUGINS_LOG"
plugin_conf 1 "$NETCONFPATH/lab.conflist" "$(cat "$LAB_TMP/prev2")" |
	plugin_call rdma ADD c1 /run/netns/p1 net1 >"$LAB_TMP/result"
contains "the log" "$(cat "$PLUGINS_LOG")" "a GID is missing, making the kernel rebuild" "no GID for 10.99.0.1;"

say "the rebuild leaves the GIDs of the interface's own addresses"
# shellcheck disable=SC2046 # two words
set -- $(jq -r '.ips[].address | sub("/.*"; "")' "$LAB_TMP/prev")
pod_verbs p1 --only "$(vf_rdma 1)" --gid "$1" --gid "$2"
plugin_conf 1 "$NETCONFPATH/lab.conflist" | plugin_call rdma DEL c1 /run/netns/p1 net1
plugin_conf 0 "$NETCONFPATH/lab.conflist" | plugin_call sriov DEL c1 /run/netns/p1 net1
same_now "$LAB_TMP/before"

say "without addresses nothing is waited for"
network 1 '{ "ipam": {}, "link_state": "disable" }' >"$NETCONFPATH/lab.conflist"
: >"$PLUGINS_LOG"
add
! grep "is not ready" "$PLUGINS_LOG" || fail "it was waited"
del
same_now "$LAB_TMP/before"
