# SPDX-License-Identifier: Apache-2.0
# A pod keeps its devices by all means: child namespace, processes, an open uverbs device, no handles left. They come home, or the record says why not yet.
# lab: timeout=240
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
need_plugins

simnic_start 2
modprobe 8021q
modprobe macvlan
VF=$(vf_netdev 1)
# host-local is a Go program: the lease has scenarios of its own
use_network 1 '{ "trust": "on", "vlan": 7, "ipam": {} }'
ip link property add dev "$VF" altname blue
snapshot "$LAB_TMP/before"

add() {
	runtime add lab p1 /run/netns/p1 net1 >"$LAB_TMP/reply" || fail "ADD: $(cat "$LAB_TMP/reply")"
}

del() {
	runtime del lab p1 /run/netns/p1 net1 >"$LAB_TMP/reply" || fail "DEL: $(cat "$LAB_TMP/reply")"
}

# A process of the pod, which ends with it
in_background() {
	ip netns exec p1 "$@" >/dev/null 2>&1 &
	companions="$companions $!"
}

end_companions() {
	for companion in $companions; do
		kill "$companion" 2>/dev/null || true
		wait "$companion" 2>/dev/null || true
	done
	companions=
}

# comes_home WHAT ABUSE [lives|dies]: the abuse, then DEL while the pod lives; again, and the pod dies before DEL
comes_home() {
	for pod_then in ${3:-lives dies}; do
		say "$1; the pod $pod_then"
		companions=
		pod p1
		add
		"$2"
		if [ "$pod_then" = lives ]; then
			del
			end_companions
			pod_del p1
		else
			end_companions
			pod_del p1
			del
		fi
		same_now "$LAB_TMP/before" "after: $1; the pod $pod_then"
	done
}

stack() {
	in_pod p1 sh -c '
		ip link add link net1 name v7 type vlan id 7
		ip link add link v7 name m0 type macvlan mode passthru
		ip link set v7 up
		ip link set m0 up'
}

hold_uverbs() {
	in_background sh -c "exec 3<>/dev/infiniband/uverbs$(vf_uverbs 1); echo >$LAB_TMP/held; exec sleep 1000"
	until_true 10 test -e "$LAB_TMP/held"
	rm "$LAB_TMP/held"
}

comes_home "under a VLAN with a macvlan on top" stack
comes_home "its uverbs device held open" hold_uverbs lives

say "both devices in a child namespace that the pod made"
pod p1
pod child
add
in_pod p1 ip link set net1 netns child
in_pod p1 rdma dev set "$(vf_rdma 1)" netns child
refused runtime del lab p1 /run/netns/p1 net1
contains "DEL" "$(cat "$LAB_TMP/refused")" "namespace that cannot be reached"
note "$(jq -r .msg "$LAB_TMP/refused")"
say "the child ends, and the next verb finishes it"
pod_del child
del
pod_del p1
same_now "$LAB_TMP/before" "after the child namespace"

say "a process keeps the dead pod's namespace; then it ends, and the next pod's ADD finishes it"
pod p1
add
companions=
in_background sleep 1000
until_true 10 sh -c 'ip netns pids p1 | grep -q .'
pod_del p1
runtime del lab p1 /run/netns/p1 net1 >"$LAB_TMP/reply" && fail "DEL says it is done"
note "$(jq -r .msg "$LAB_TMP/reply")"
end_companions
pod p2
runtime add lab p2 /run/netns/p2 net1 >"$LAB_TMP/reply" || fail "ADD for the next pod: $(cat "$LAB_TMP/reply")"
runtime del lab p2 /run/netns/p2 net1
pod_del p2
del
same_now "$LAB_TMP/before" "after the next pod"

say "no file handles left, no inotify left"
echo 0 >/proc/sys/fs/inotify/max_user_instances
mkdir "$LAB_TMP/limited"
for plugin in sriov rdma; do
	printf '#!/bin/dash\nulimit -n 5\nexec /opt/cni/bin/%s\n' "$plugin" >"$LAB_TMP/limited/$plugin"
	chmod +x "$LAB_TMP/limited/$plugin"
done

# limited add|del: the plugins may have no more than two files open beside what they are given
limited() {
	CNI_PATH=$LAB_TMP/limited
	refused runtime "$1" lab p1 /run/netns/p1 net1
	export CNI_PATH=/opt/cni/bin
	note "$(jq -r '"code \(.code): \(.msg)"' "$LAB_TMP/refused")"
	contains "the error" "$(cat "$LAB_TMP/refused")" "Too many open files"
}

pod p1
snapshot "$LAB_TMP/before-p1"
limited add
del
same_now "$LAB_TMP/before-p1" "after ADD without file handles"
add
limited del
del
pod_del p1
same_now "$LAB_TMP/before" "after the lack of file handles"
