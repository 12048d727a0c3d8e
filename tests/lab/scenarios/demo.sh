# SPDX-License-Identifier: Apache-2.0
# The main job, to look at: host before, one pod with VF and RDMA device, another without, host after.
# lab: live=yes
. /lab/lib.sh
need_plugins

# show COMMAND: as if somebody had typed it
show() {
	echo
	echo "\$ $1"
	sh -c "$1" >"$LAB_TMP/shown"
	sed 's/^/  /' "$LAB_TMP/shown"
}

show_vf() {
	show "ip link show $LAB_PF | grep 'vf 1 '"
}

banner() {
	echo
	echo "──── $* ────"
}

echo "A Debian machine (kernel $(uname -r)) with a simulated SR-IOV NIC: one PF, 4 VFs."
simnic_start 4
use_network 1 '{ "vlan": 100, "vlanQoS": 3, "mac": "02:aa:bb:cc:dd:01", "spoofchk": "on",
	"trust": "on", "max_tx_rate": 1000, "link_state": "enable" }'
snapshot "$LAB_TMP/before"

banner "The host before"
show "ip -br link"
show "rdma link show"
show_vf

banner "The network: sriov, then rdma, for VF $(vf_bdf 1)"
show "cat $NETCONFPATH/lab.conflist"

banner "Two pods; the first one gets the VF"
pod pod1
pod pod2
promised=$(vf_uverbs 1)
echo "(the device plugin would have promised it /dev/infiniband/uverbs$promised)"
echo
echo "The CNI result of ADD:"
start=$(now)
cni_add lab pod1 >"$LAB_TMP/result"
took=$(($(now) - start))
jq . "$LAB_TMP/result" | sed 's/^/  /'
echo "(${took}0 ms, on an emulated processor)"

banner "What the first pod sees"
show "ip netns exec pod1 ip addr"
show "ip netns exec pod1 rdma link show"
show "ip netns exec pod1 /lab/verbs --only $(vf_rdma 1)"

banner "What the PF knows about the VF"
show_vf

banner "What the second pod sees of the first one's RDMA device: nothing"
show "ip netns exec pod2 rdma link show"
show "ip netns exec pod2 /lab/verbs --none --denied /dev/infiniband/uverbs$promised"

banner "What the host has while the pod runs"
show "ip -br link"
show "rdma link show"

banner "DEL, and the host after"
cni_del lab pod1
pod_del pod1
pod_del pod2
show "ip -br link"
show "rdma link show"
show_vf

same_now "$LAB_TMP/before"
echo
echo "The host is as before: names, MACs, flags, VF settings, RDMA devices, uverbs numbers, leases,"
echo "records ($(wc -l <"$LAB_TMP/before") facts compared)."
