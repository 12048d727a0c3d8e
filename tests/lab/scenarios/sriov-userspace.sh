# SPDX-License-Identifier: Apache-2.0
# VFs of userspace drivers: the PF side is set up, addresses are reported; the driver may change meanwhile.
# lab: timeout=180
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

KEYS='{ "vlan": 100, "vlanQoS": 3, "trust": "on", "spoofchk": "off", "max_tx_rate": 500,
	"mac": "02:aa:bb:cc:dd:01", "ipam": { "type": "static",
	"addresses": [ { "address": "10.56.0.2/24", "gateway": "10.56.0.1" } ] } }'

simnic_start 3 rdma=0 vfio_stub=1
pod p1
snapshot "$LAB_TMP/netdev"
vf_bind 1 vfio-pci
snapshot "$LAB_TMP/vfio"

configured() {
	contains "the VF's line" "$(vf_line 1)" 02:aa:bb:cc:dd:01 'vlan 100' 'qos 3' 'trust on' \
		'spoof checking off' 'max_tx_rate 500'
}

say "ADD, CHECK, DEL, DEL of a VF that vfio-pci has"
sriov_add p1 1 "$KEYS"
configured
equal "the result's MAC" "$(jq -r '.interfaces[0].mac' "$LAB_TMP/result")" 02:aa:bb:cc:dd:01
equal "the result's MTU" "$(jq -r '.interfaces[0].mtu' "$LAB_TMP/result")" null
equal "the result's address" "$(jq -r '.ips[0].address' "$LAB_TMP/result")" 10.56.0.2/24
equal "interfaces in the pod" "$(in_pod p1 ip -o link | wc -l)" 1
equal "addresses in the pod" "$(in_pod p1 ip -4 -o addr | grep -c 10.56 || true)" 0
sriov_check p1
sriov_del p1
same_now "$LAB_TMP/vfio"
sriov_del p1
same_now "$LAB_TMP/vfio" "after the second DEL"

say "a MAC that the PF has already is the result's"
ip link set "$LAB_PF" vf 1 mac 02:00:00:00:00:31
sriov_add p1 1
equal "the result's MAC" "$(jq -r '.interfaces[0].mac' "$LAB_TMP/result")" 02:00:00:00:00:31
sriov_del p1
ip link set "$LAB_PF" vf 1 mac 00:00:00:00:00:00
same_now "$LAB_TMP/vfio"

say "keys that need an interface are refused"
sriov_refused 2 mtu vfio-pci -- p1 1 '{ "mtu": 1400 }'
sriov_refused 2 promisc vfio-pci -- p1 1 '{ "trust": "on", "promisc": true }'
same_now "$LAB_TMP/vfio"

say "attached as a userspace VF, then given back to its network driver"
sriov_add p1 1 "$KEYS"
configured
vf_bind 1 simnicvf
sriov_del p1
equal "DEL's word about the MAC of the PF" "$(vf_line 1 | grep -c 00:00:00:00:00:00)" 1
# the driver read the PF's MAC when it was bound, and does so again
vf_bind 1 simnicvf
same_now "$LAB_TMP/netdev"

say "attached as an interface, then taken by a userspace driver"
sriov_add p1 1 "$KEYS"
vf_bind 1 vfio-pci
sriov_del p1
same_now "$LAB_TMP/vfio"
sriov_del p1
same_now "$LAB_TMP/vfio"
vf_bind 1 simnicvf

say "attached as an interface, and its driver bound anew"
own=$(cat "/sys/class/net/$(vf_netdev 1)/address")
sriov_add p1 1 "$KEYS"
vf_bind 1 simnicvf
sriov_del p1
equal "the VF's MAC" "$(cat "/sys/class/net/$(vf_netdev 1)/address")" "$own"
# the driver has noted the PF's MAC as the permanent one when it was bound
vf_bind 1 simnicvf
same_now "$LAB_TMP/netdev"

say "no driver at all"
vf_bind 1 vfio-pci
vf_bdf 1 >"$(vf_dir 1)/driver/unbind"
sriov_refused 11 "$(vf_bdf 1)" driver -- p1 1
