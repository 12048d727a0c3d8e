# SPDX-License-Identifier: Apache-2.0
# mtu, allMulticast and promisc on a VF: applied, checked against what the device can do, restored.
# lab: timeout=180
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

simnic_start 3 rdma=0
ip link set "$LAB_PF" mtu 3000
pod p1
snapshot "$LAB_TMP/before"

say "mtu"
sriov_add p1 1 '{ "mtu": 2500 }'
contains "the pod's link" "$(pod_link p1)" 'mtu 2500'
equal "the interface's MTU by its plugin" "$(in_pod p1 cat /sys/class/net/net1/mtu)" 2500
sriov_check p1
sriov_del p1
same_now "$LAB_TMP/before"

say "an MTU that the pod changed comes back, too"
sriov_add p1 1
in_pod p1 ip link set net1 mtu 1400
sriov_del p1
same_now "$LAB_TMP/before"

say "MTUs that cannot be"
sriov_refused 2 'mtu 3001' 3000 "$LAB_PF" -- p1 1 '{ "mtu": 3001 }'
ip link set "$LAB_PF" mtu 9978
ip link set "$LAB_PF" vf 1 trust on
sriov_refused 2 'mtu 9979' 9978 -- p1 1 '{ "mtu": 9979 }'
sriov_refused 7 'mtu 67' -- p1 1 '{ "mtu": 67 }'
sriov_refused 7 'mtu' -- p1 1 '{ "mtu": -1 }'
ip link set "$LAB_PF" mtu 3000
ip link set "$LAB_PF" vf 1 trust off
same_now "$LAB_TMP/before"

say "the driver refuses an MTU"
fault mtu 22 -1
sriov_refused 104 mtu -- p1 1 '{ "mtu": 2000 }'
fault_clear
same_now "$LAB_TMP/before"

say "promisc and allMulticast, with the trust they need"
sriov_add p1 1 '{ "trust": "on", "promisc": true, "allMulticast": true }'
contains "the pod's link" "$(pod_link p1)" PROMISC ALLMULTI
sriov_del p1
same_now "$LAB_TMP/before"

say "and without"
sriov_refused 2 promisc trust -- p1 1 '{ "promisc": true }'
sriov_refused 2 allMulticast trust -- p1 1 '{ "allMulticast": true }'
sriov_refused 2 allMulticast 'trust is "off"' -- p1 1 '{ "trust": "off", "allMulticast": true }'
same_now "$LAB_TMP/before"

say "a VF that is trusted already"
ip link set "$LAB_PF" vf 1 trust on
sriov_add p1 1 '{ "allMulticast": true }'
contains "the pod's link" "$(pod_link p1)" ALLMULTI
sriov_del p1
ip link set "$LAB_PF" vf 1 trust off
same_now "$LAB_TMP/before"

say "flags that the pod set come back, too"
sriov_add p1 1
in_pod p1 ip link set net1 promisc on allmulticast on arp off
sriov_del p1
same_now "$LAB_TMP/before"

say "what no change of namespace resets comes back, too"
ip link set "$(vf_netdev 1)" txqueuelen 500 group 3 alias ours
snapshot "$LAB_TMP/with-attributes"
# attach, and the pod sets all that it can
attach_and_meddle() {
	sriov_add p1 1
	contains "the pod's link" "$(pod_link p1)" 'qlen 500' 'group 3' 'alias ours'
	in_pod p1 ip -batch - <<-BATCH
		link set net1 txqueuelen 7
		link set net1 group 9
		link set net1 alias theirs
		link set net1 mode dormant
		link set net1 broadcast 01:02:03:04:05:06
		link set net1 gso_max_size 30000
		link set net1 gso_max_segs 12
		link set net1 gro_max_size 30001
		link set net1 trailers off
		link set net1 dynamic on
		link set net1 arp off
	BATCH
	sriov_check p1
}
attach_and_meddle
sriov_del p1
same_now "$LAB_TMP/with-attributes" "and the pod lives"
attach_and_meddle
pod_del p1
sriov_del p1
pod p1
same_now "$LAB_TMP/with-attributes" "and the pod dies"
ip link set "$(vf_netdev 1)" txqueuelen 1000 group default alias ''
same_now "$LAB_TMP/before"

say "what the pod stacked on its interface does not stay on it"
modprobe dummy numdummies=0
modprobe -a macvlan ipvlan 8021q
# stacked KIND...: goes with the VF, while others of the pod stay; and when the pod dies, as well
stacked() {
	sriov_add p1 1
	in_pod p1 ip link add other type dummy
	in_pod p1 ip link add link other name vlan9 type vlan id 9
	in_pod p1 ip link add link net1 name up0 type "$@"
	in_pod p1 ip link set up0 up
	in_pod p1 ip link add link net1 name vlan5 type vlan id 5
	sriov_del p1
	equal "interfaces in the pod after DEL with $1" \
		"$(in_pod p1 ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | tr '\n' ' ')" 'lo other vlan9 '
	in_pod p1 ip link del other
	same_now "$LAB_TMP/before" "after $1"
	sriov_add p1 1
	in_pod p1 ip link add link net1 name up0 type "$@"
	in_pod p1 ip link set up0 up
	pod_del p1
	sriov_del p1
	pod p1
	same_now "$LAB_TMP/before" "after $1, and the pod dies"
}
stacked macvlan mode passthru
stacked ipvlan

say "a VF that the pod put into a bond"
modprobe bonding max_bonds=0
sriov_add p1 1 '{ "trust": "on" }'
in_pod p1 ip link add bond0 type bond mode active-backup
in_pod p1 ip link set net1 down
in_pod p1 ip link set net1 master bond0
sriov_del p1
pod_del p1
pod p1
same_now "$LAB_TMP/before"
