# SPDX-License-Identifier: Apache-2.0
# Scalable functions: netdev and RDMA device of an auxiliary device are attached and come back.
# lab: timeout=120
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

simnic_start 1 sfs=2
SF=simnic.sf.0
HOST_SF=ens128f0s0
pod p1
snapshot "$LAB_TMP/before"
own=$(cat "/sys/class/net/$HOST_SF/address")
equal "the interface's device" "$(basename "$(readlink -f "/sys/class/net/$HOST_SF/device")")" "$SF"

say "sriov and rdma in a chain"
mkdir -p "$NETCONFPATH"
network 0 '{ "mac": "02:aa:bb:cc:dd:01", "mtu": 1400 }' |
	jq --arg sf "$SF" '.plugins[].deviceID = $sf' >"$NETCONFPATH/lab.conflist"
cni_add lab p1 >"$LAB_TMP/reply"
contains "the pod's link" "$(in_pod p1 ip -d link show net1)" ',UP' 02:aa:bb:cc:dd:01 'mtu 1400' "parentdev $SF"
contains "the pod's addresses" "$(in_pod p1 ip addr show net1)" 10.56.0.
contains "the pod's rdma link" "$(in_pod p1 rdma link show)" 'rocep128f0s0/1 state ACTIVE' 'netdev net1'
[ ! -e "/sys/class/net/$HOST_SF" ] || fail "the host still has the interface"
[ ! -e /sys/class/infiniband/rocep128f0s0 ] || fail "the host still has the RDMA device"
pod_verbs p1 --only rocep128f0s0
cni_del lab p1
same_now "$LAB_TMP/before"
cni_del lab p1
same_now "$LAB_TMP/before" "after the second DEL"

say "the pod dies first"
cni_add lab p1 >"$LAB_TMP/reply"
pod_del p1
cni_del lab p1
pod p1
same_now "$LAB_TMP/before"
equal "the interface's MAC" "$(cat "/sys/class/net/$HOST_SF/address")" "$own"

say "what only a VF has is refused before anything changes"
for key in '"vlan": 5' '"trust": "on"' '"spoofchk": "off"' '"max_tx_rate": 5' '"link_state": "auto"'; do
	sriov_refused 2 "$SF" 'not a VF' -- p1 "$SF" "{ $key }"
done
sriov_refused 101 simnic.sf.7 -- p1 simnic.sf.7
same_now "$LAB_TMP/before"

say "one that another pod has"
sriov_add p1 "$SF"
sriov_refused 102 "$SF" -- p1 "$SF" '{}' net2
sriov_check p1
sriov_del p1
same_now "$LAB_TMP/before"

say "a VF beside it"
sriov_add p1 0 '{ "vlan": 7 }'
sriov_add p1 simnic.sf.1 '{}' net2
sriov_del p1
sriov_del p1 net2
same_now "$LAB_TMP/before"
