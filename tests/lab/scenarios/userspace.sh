# SPDX-License-Identifier: Apache-2.0
# A VF on vfio-pci: the PF's settings are made and taken back, addresses are reserved, no netdev is needed.
export LAB_IPV6=no
. /lab/lib.sh
. /lab/attached.sh
need_plugins

simnic_start 2 vfio_stub=1
vf_bind 1 vfio-pci
use_network 1 "$ALL_KEYS"
pod p1
snapshot "$LAB_TMP/before"

call_sriov() {
	plugin_conf 0 "$NETCONFPATH/lab.conflist" | plugin_call sriov "$1" "$(container_id p1)" /run/netns/p1 net1
}

say "ADD sets the VF up and reserves an address"
call_sriov ADD >"$LAB_TMP/result"
equal "the result's MAC" "$(jq -r '.interfaces[0].mac' "$LAB_TMP/result")" "$ALL_MAC"
contains "the result's addresses" "$(jq -r '.ips[].address' "$LAB_TMP/result")" 10.56.0.
contains "the VF's line" "$(vf_line 1)" "$ALL_MAC" 'vlan 100, qos 3' 'trust on' 'link-state enable'
contains "the driver" "$(readlink "$(vf_dir 1)/driver")" vfio-pci
if in_pod p1 ip link show net1 2>/dev/null; then
	fail "the pod has an interface net1, of which device?"
fi

say "DEL takes it back"
call_sriov DEL
call_sriov DEL
same_now "$LAB_TMP/before"
