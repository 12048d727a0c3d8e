# SPDX-License-Identifier: Apache-2.0
# The main job: chain sriov and rdma with every VF attribute; after any kind of DEL all is as before.
# lab: timeout=400
. /lab/lib.sh
. /lab/attached.sh
need_plugins

simnic_start 4
# An administrator's own choices, which must come back too
ip link property add dev "$(vf_netdev 1)" altname sriov-blue
ip link set "$(vf_netdev 1)" mtu 2000
ip link set "$LAB_PF" vf 1 trust on
ip link set "$LAB_PF" vf 1 max_tx_rate 5000
use_network 1 "$ALL_KEYS"
promised=$(vf_uverbs 1)
snapshot "$LAB_TMP/bare"
pod p1
pod p2
snapshot "$LAB_TMP/before"

say "ADD: the pod has the VF, with everything that was asked for"
timed "ADD of the chain" cni_add lab p1 >"$LAB_TMP/result"
check_result "$(cat "$LAB_TMP/result")" p1
check_attached 1 p1 "$promised"

say "another pod can neither see nor open the device"
pod_verbs p2 --none --denied "/dev/infiniband/uverbs$promised"

say "DEL, and DEL again"
timed "DEL of the chain" cni_del lab p1
same_now "$LAB_TMP/before" "after DEL"
cni_del lab p1
same_now "$LAB_TMP/before" "after the second DEL"

say "DEL after the pod has renamed, reconfigured and shut down its interface"
cni_add lab p1 >"$LAB_TMP/result"
in_pod p1 ip link set net1 down
in_pod p1 ip link set net1 name mine
in_pod p1 ip link set mine address 02:00:00:00:00:99
in_pod p1 ip link set mine mtu 9000
in_pod p1 ip link property add dev mine altname alsomine
in_pod p1 ip link set mine promisc on allmulticast on
in_pod p1 rdma dev set "$(vf_rdma 1)" name mine0
cni_del lab p1
same_now "$LAB_TMP/before" "after DEL of a changed interface"

say "DEL with the namespace already deleted, twice"
cni_add lab p1 >"$LAB_TMP/result"
pod_del p2
pod_del p1
cni_del lab p1
same_now "$LAB_TMP/bare" "after DEL without namespace"
cni_del lab p1
same_now "$LAB_TMP/bare" "after the second DEL without namespace"

say "DEL with empty CNI_NETNS, the pod still there"
pod p1
runtime add lab p1 /run/netns/p1 net1 >"$LAB_TMP/result"
runtime del lab p1 '' net1
pod_del p1
same_now "$LAB_TMP/bare" "after DEL with empty CNI_NETNS"

say "DEL with empty CNI_NETNS, the pod gone"
pod p1
runtime add lab p1 /run/netns/p1 net1 >"$LAB_TMP/result"
pod_del p1
runtime del lab p1 '' net1
runtime del lab p1 '' net1
same_now "$LAB_TMP/bare" "after DEL with empty CNI_NETNS and no pod"

say "two VFs in one pod"
pod p1
snapshot "$LAB_TMP/before"
use_network 2 '' lab2
cni_add lab p1 net1 >"$LAB_TMP/result"
cni_add lab2 p1 net2 >"$LAB_TMP/result"
equal "the pod's RDMA devices" "$(in_pod p1 rdma dev show | wc -l)" 2
cni_del lab p1 net1
contains "the pod's rdma link" "$(in_pod p1 rdma link show)" "$(vf_rdma 2)/1" 'netdev net2'
cni_del lab2 p1 net2
same_now "$LAB_TMP/before" "after both DELs"
