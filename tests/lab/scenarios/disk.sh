# SPDX-License-Identifier: Apache-2.0
# The disk below /var/lib/cni is full or read-only: ADD changes nothing, DEL loses nothing, STATUS says so.
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/node.sh
need_plugins

mount -t tmpfs -o size=512k,mode=755 small /var/lib/cni
node_start
pod p1
add p1
del p1
snapshot "$LAB_TMP/before"
/lab/snapshot link >"$LAB_TMP/links"

fill() {
	! dd if=/dev/zero of=/var/lib/cni/fill bs=4k 2>/dev/null || fail "the disk does not become full"
}

read_only() {
	mount -o "remount,$1" /var/lib/cni
}

# add_refused WORDS: and nothing has changed
add_refused() {
	refused runtime add lab p1 /run/netns/p1 net1
	note "$(jq -r '"\(.code): \(.msg)"' "$LAB_TMP/refused")"
	contains "ADD's error" "$(cat "$LAB_TMP/refused")" '"code":5,' "$1"
	/lab/snapshot link | diff -u "$LAB_TMP/links" - || fail "the refused ADD changed something"
}

# status_says WORDS: both plugins, that ADD would fail
status_says() {
	for plugin in sriov rdma; do
		if jq -c --arg type "$plugin" '(.plugins[] | select(.type == $type)) + { name, cniVersion: "1.1.0" }' \
			"$NETCONFPATH/lab.conflist" | plugin_call "$plugin" STATUS '' '' '' >"$LAB_TMP/reply"; then
			fail "STATUS of $plugin finds nothing wrong"
		fi
		contains "STATUS of $plugin" "$(cat "$LAB_TMP/reply")" '"code":50' "$1"
	done
}

say "full, then ADD"
fill
add_refused 'No space left on device'
status_says 'No space left on device'
rm /var/lib/cni/fill
same_now "$LAB_TMP/before" "after a full disk"

say "full while attached: DEL needs no space"
add p1
fill
del p1
rm /var/lib/cni/fill
same_now "$LAB_TMP/before" "after DEL on a full disk"

say "read-only, then ADD"
read_only ro
add_refused 'Read-only file system'
status_says 'Read-only file system'
read_only rw
same_now "$LAB_TMP/before" "after a read-only disk"

say "read-only while attached: DEL says so, and finishes when it is called again"
add p1
read_only ro
refused runtime del lab p1 /run/netns/p1 net1
contains "DEL's error" "$(cat "$LAB_TMP/refused")" '"code":5,' 'Read-only file system'
[ -n "$(find /var/lib/cni/sriov-rdma/sriov -name '*:*')" ] || fail "the record is gone"
read_only rw
del p1
same_now "$LAB_TMP/before" "after DEL on a read-only disk"

say "the same, and the pod dies meanwhile: GC finishes"
add p1
read_only ro
pod_del p1
refused runtime del lab p1 '' net1
read_only rw
gc
pod p1
same_now "$LAB_TMP/before" "after GC"
