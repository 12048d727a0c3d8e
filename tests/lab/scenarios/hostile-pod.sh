# SPDX-License-Identifier: Apache-2.0
# A pod with CAP_NET_ADMIN renames, changes and enslaves its interface: VF and RDMA device come home as they were, whether it lives or dies.
# lab: timeout=240
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
need_plugins

simnic_start 2
modprobe bonding max_bonds=0
modprobe dummy numdummies=0
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

# comes_home WHAT ABUSE [lives|dies]: the abuse, then DEL while the pod lives; again, and the pod dies before DEL
comes_home() {
	for pod_then in ${3:-lives dies}; do
		say "$1; the pod $pod_then"
		pod p1
		add
		"$2"
		if [ "$pod_then" = lives ]; then
			del
			pod_del p1
		else
			pod_del p1
			del
		fi
		same_now "$LAB_TMP/before" "after: $1; the pod $pod_then"
	done
}

names() {
	in_pod p1 sh -c "
		ip link set net1 down
		ip link set net1 name $LAB_PF
		n=0
		while [ \$n -lt 39 ]; do
			echo link property add dev $LAB_PF altname many\$n
			n=\$((n + 1))
		done | ip -batch -
		ip link property add dev $LAB_PF altname $(vf_netdev 0)
		ip link add net1 type dummy
		ip link add $VF type dummy
		ip link set net1 up"
}

attributes() {
	in_pod p1 sh -c '
		ip link set net1 address 02:00:00:00:66:66
		ip link set net1 mtu 1300
		ip link set net1 promisc on allmulticast on multicast off
		ip link set net1 addrgenmode none
		ip addr add 10.66.0.1/24 dev net1
		ip addr add fd66::1/64 dev net1
		ip route add 10.67.0.0/16 dev net1'
}

bond() {
	in_pod p1 sh -c '
		ip link add b0 type bond mode active-backup fail_over_mac active
		ip link set net1 down
		ip link set net1 master b0
		ip link set b0 up'
}

bridge() {
	in_pod p1 sh -c '
		ip link add b0 type bridge
		ip link set b0 up
		ip link set net1 master b0'
}

vrf() {
	in_pod p1 sh -c '
		ip link add v0 type vrf table 7
		ip link set net1 master v0
		ip link set v0 up'
}

comes_home "other names, 40 alternative ones, others under its names" names
comes_home "MAC, MTU, flags, addresses, routes" attributes
comes_home "in a bond" bond lives
comes_home "in a bridge" bridge dies
comes_home "in a VRF" vrf lives
