# SPDX-License-Identifier: Apache-2.0
# The simulated NIC does what scenarios rely on: VF settings, RDMA moves, faults, log.
. /lab/lib.sh

vf_set() {
	ip link set "$LAB_PF" vf 1 "$@"
}

say "6 VFs with netdevs, RDMA, uverbs and umad devices"
simnic_start 6 vfio_stub=1
equal "number of RDMA devices" "$(rdma dev show | wc -l)" 7
for n in 0 1 2 3 4 5; do
	[ -e "/sys/class/net/$(vf_netdev $n)" ] || fail "VF $n has no netdev"
	[ -e "/sys/class/infiniband/$(vf_rdma $n)" ] || fail "VF $n has no RDMA device"
	[ -e "/dev/infiniband/uverbs$(vf_uverbs $n)" ] || fail "VF $n has no /dev/infiniband/uverbs"
	[ -e "$(vf_dir $n)/infiniband_mad/umad$((n + 1))" ] || fail "VF $n has no umad"
done
snapshot "$LAB_TMP/before"

say "VF settings through the PF are read back"
mac=$(cat "/sys/class/net/$(vf_netdev 1)/address")
vf_set mac 02:11:22:33:44:55
vf_set vlan 100 qos 3 proto 802.1ad
vf_set max_tx_rate 1000 min_tx_rate 100
vf_set spoofchk off
vf_set trust on
vf_set state disable
contains "the VF's line" "$(vf_line 1)" 02:11:22:33:44:55 'vlan 100, qos 3, vlan protocol 802.1ad' \
	'max_tx_rate 1000' 'min_tx_rate 100' 'spoof checking off' 'link-state disable' 'trust on'
contains "the VF's netdev" "$(ip link show "$(vf_netdev 1)")" 02:11:22:33:44:55
contains "the log" "$(simnic_log)" "vf_trust $LAB_PF vf 1 1"

say "settings put back: the state is as before"
vf_set mac 00:00:00:00:00:00
vf_set vlan 0
vf_set max_tx_rate 0 min_tx_rate 0
vf_set spoofchk on
vf_set trust off
vf_set state auto
ip link set "$(vf_netdev 1)" address "$mac"
same_now "$LAB_TMP/before"

say "an RDMA device moves to a pod and only the pod can use it"
pod p1
pod p2
promised=$(vf_uverbs 2)
timed "moving the RDMA device" rdma dev set "$(vf_rdma 2)" netns p1
ip link set "$(vf_netdev 2)" netns p1 name net1
ip -n p1 link set net1 up
equal "uverbs number after the move" "$(vf_uverbs 2)" "$promised"
[ ! -e "/sys/class/infiniband/$(vf_rdma 2)" ] || fail "the host still sees the moved device"
contains "the pod's rdma link" "$(in_pod p1 rdma link show)" "$(vf_rdma 2)/1 state ACTIVE" 'netdev net1'
pod_verbs p1 --only "$(vf_rdma 2)" --denied /dev/infiniband/uverbs0
pod_verbs p2 --none --denied "/dev/infiniband/uverbs$promised"

say "a pod that dies gives its devices back"
pod_del p1
until_true 5 [ -e "/sys/class/infiniband/$(vf_rdma 2)" ]
until_true 5 ip link show net1
ip link set net1 name "$(vf_netdev 2)"
pod_del p2

say "faults: the n-th call, the error as asked, once"
simnic_log_clear
fault vf_vlan 16 1 1
vf_set vlan 1
refused vf_set vlan 2
contains "the refusal" "$(cat "$LAB_TMP/refused")" busy
vf_set vlan 3
vf_set vlan 0
contains "the log" "$(simnic_log)" "vf_vlan $LAB_PF vf 1 vlan 2 qos 0 proto 0x8100
FAULT vf_vlan -16 delay 0"
pod p1
fault rdma_netns 16
refused rdma dev set "$(vf_rdma 3)" netns p1
fault rdma_netns 5 1 0 0 1
refused rdma dev set "$(vf_rdma 3)" netns p1
contains "moved, then reported as failed" "$(in_pod p1 rdma dev show)" "$(vf_rdma 3)"
fault netns 12
refused ip link set "$(vf_netdev 3)" netns p1
fault netns 0 1 0 300
start=$(now)
ip link set "$(vf_netdev 3)" netns p1
[ $(($(now) - start)) -ge 30 ] || fail "a delay of 300 ms took less"
fault rename 16
refused ip -n p1 link set "$(vf_netdev 3)" name net1
fault set_mac 16
refused ip -n p1 link set "$(vf_netdev 3)" address 02:00:00:00:00:01
fault mtu 22
refused ip -n p1 link set "$(vf_netdev 3)" mtu 9000
fault open 12
refused ip -n p1 link set "$(vf_netdev 3)" up
fault netns 5 -1 # not for the kernel itself, which would stop
pod_del p1
until_true 5 [ -e "/sys/class/net/$(vf_netdev 3)" ]
until_true 5 [ -e "/sys/class/infiniband/$(vf_rdma 3)" ]
fault_clear

say "a VF on the stub driver has no netdev and no RDMA device"
vf_bind 4 vfio-pci
contains "the driver" "$(readlink "$(vf_dir 4)/driver")" vfio-pci
[ ! -e "$(vf_dir 4)/net" ] || fail "it still has a netdev"
vf_bind 4 simnicvf
same_now "$LAB_TMP/before" "after all this"

say "other shapes: two RDMA devices per VF, node GUID zero, devices that cannot be moved"
simnic_stop
simnic_start 2 rdma=2 zero_guid=1 no_disassociate=1
equal "number of RDMA devices" "$(rdma dev show | wc -l)" 5
equal "node GUID" "$(cat "/sys/class/infiniband/$(vf_rdma 0)d1/node_guid")" 0000:0000:0000:0000
pod p1
refused rdma dev set "$(vf_rdma 0)" netns p1
contains "the refusal" "$(cat "$LAB_TMP/refused")" 'not supported'
