# SPDX-License-Identifier: Apache-2.0
# What people really hit: no VF yet, no interface yet, refusing and busy drivers, InfiniBand, 200 VFs.
# lab: timeout=240
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

simnic_start 200 rdma=0 totalvfs=256 npf=2 ibmask=2
echo 1 >/sys/bus/pci/devices/0000:80:00.1/sriov_numvfs
pod p1
snapshot "$LAB_TMP/before"

say "the last of 200 VFs"
timed "ADD of VF 199" sriov_add p1 199 '{ "vlan": 100, "trust": "on", "mac": "02:aa:bb:cc:dd:01" }'
contains "the VF's line" "$(vf_line 199)" 'vlan 100' 'trust on'
timed "DEL of VF 199" sriov_del p1
same_now "$LAB_TMP/before"

say "InfiniBand"
sriov_refused 2 InfiniBand ib-sriov -- p1 0000:82:00.0
same_now "$LAB_TMP/before"

# refusal OP KEYS WORD...: the driver says no, its own text and name are in the message
refusal() {
	fault "$1" 95 -1
	refusal_keys=$2
	shift 2
	sriov_refused 104 "$@" simnic "$LAB_PF" 'not supported' -- p1 1 "$refusal_keys"
	fault_clear
	links=$(vf_line 1)
	contains "the VF's line" "$links" 'trust off'
}
say "a driver that refuses an attribute"
refusal vf_vlan '{ "trust": "on", "vlan": 100, "spoofchk": "off" }' vlan
refusal vf_trust '{ "trust": "on", "vlan": 100 }' trust
refusal vf_link '{ "link_state": "enable", "vlan": 100 }' link_state
refusal vf_rate '{ "max_tx_rate": 100, "vlan": 100 }' rate
refusal vf_spoofchk '{ "spoofchk": "off", "vlan": 100 }' spoofchk
refusal vf_mac '{ "mac": "02:aa:bb:cc:dd:01", "vlan": 100 }' mac
same_now "$LAB_TMP/before"

say "a VF that is being reset: EBUSY and EAGAIN are tried again, other errors are not"
fault vf_mac 16 3
sriov_add p1 1 '{ "mac": "02:aa:bb:cc:dd:01", "vlan": 100 }'
fault open 11 3
sriov_del p1
fault_clear
fault open 16 3
sriov_add p1 1
sriov_del p1
fault_clear
fault vf_vlan 22 -1
simnic_log_clear
sriov_refused 104 vlan -- p1 1 '{ "vlan": 100 }'
equal "tries of what is refused for good" "$(simnic_log | grep -c 'vf_vlan .* vlan 100')" 1
fault_clear
same_now "$LAB_TMP/before"

say "what is so already is not written again: it would reset the VF of some drivers"
own=$(cat "/sys/class/net/$(vf_netdev 1)/address")
ip link set "$LAB_PF" vf 1 vlan 100 mac 02:aa:bb:cc:dd:01
simnic_log_clear
sriov_add p1 1 '{ "mac": "02:aa:bb:cc:dd:01", "vlan": 100, "trust": "on" }'
sriov_del p1
equal "writes of MAC and VLAN" "$(simnic_log | grep -c 'vf_vlan\|vf_mac\|set_mac' || true)" 0
equal "writes of trust" "$(simnic_log | grep -c vf_trust)" 2
ip link set "$LAB_PF" vf 1 vlan 0 mac 00:00:00:00:00:00
ip link set "$(vf_netdev 1)" address "$own"
same_now "$LAB_TMP/before"

say "a PF that tells nothing about its VFs"
fault vf_get 22 -1
sriov_add p1 1
sriov_del p1
sriov_refused 104 'VF' 'vf.trust' -- p1 1 '{ "trust": "on" }'
fault_clear
same_now "$LAB_TMP/before"

say "an interface that is still on its way home from a namespace that dies"
pod dying
ip link set "$(vf_netdev 1)" netns dying
in_pod dying sleep 1 &
until_true 10 sh -c 'ip netns pids dying | grep .'
pod_del dying
timed "ADD meanwhile" sriov_add p1 1
wait
contains "the pod's link" "$(pod_link p1)" "$(vf_bdf 1)"
sriov_del p1

say "an interface in a namespace that lives on"
pod other
ip link set "$(vf_netdev 1)" netns other
timed "ADD that gives up" sriov_refused 11 "$(vf_bdf 1)" 'simnicvf' 'another namespace' -- p1 1
in_pod other ip link set "$(vf_netdev 1)" netns 1
pod_del other

say "a VF that is not there yet, as after a reboot"
echo 0 >"$LAB_PF_DIR/sriov_numvfs"
timed "ADD that gives up" sriov_refused 11 "$(vf_bdf 1)" sriov_numvfs "$LAB_PF_BDF" -- p1 1
sriov_refused 101 0000:f0:00.1 -- p1 0000:f0:00.1
(
	sleep 0.3
	echo 2 >"$LAB_PF_DIR/sriov_numvfs"
) &
timed "ADD that waits for it" sriov_add p1 1
wait
sriov_del p1
