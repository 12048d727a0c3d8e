# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# For scenarios about what happens to a node while a pod is attached: VF 1 with settings of its own, and
# what a runtime does. The host before is in $LAB_TMP/before.

# node_start [PARAMETER=VALUE...]
node_start() {
	simnic_start 2 "$@"
	use_network 1 '{ "trust": "on", "vlan": 7, "max_tx_rate": 500, "ipam": { "type": "lease" } }'
	snapshot "$LAB_TMP/before"
}

add() {
	runtime add lab "$1" "/run/netns/$1" net1 >"$LAB_TMP/reply" || fail "ADD: $(cat "$LAB_TMP/reply")"
}

del() {
	runtime del lab "$1" "${2-/run/netns/$1}" net1 >"$LAB_TMP/reply" || fail "DEL: $(cat "$LAB_TMP/reply")"
}

gc() {
	for plugin in sriov rdma; do
		jq -c --arg type "$plugin" '(.plugins[] | select(.type == $type)) + {
			name, cniVersion: "1.1.0", "cni.dev/valid-attachments": [] }' "$NETCONFPATH/lab.conflist" |
			plugin_call "$plugin" GC '' '' '' >"$LAB_TMP/reply" || fail "GC of $plugin: $(cat "$LAB_TMP/reply")"
	done
}

# The next pod gets the VF, and gives it back; nothing is left of the one before.
next_pod() {
	pod next
	add next
	contains "the VF's line" "$(vf_line 1)" 'vlan 7' 'max_tx_rate 500' 'trust on'
	del next
	pod_del next
	same_now "$LAB_TMP/before" "after the next pod, $1"
}

vfs() {
	echo "$1" >"$LAB_PF_DIR/sriov_numvfs"
}
