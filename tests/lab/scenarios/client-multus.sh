# SPDX-License-Identifier: Apache-2.0
# Multus with delegates of its own configuration: every verb, a refused pod, gc; scripts/gc does the rest.
# lab: timeout=300
# lab: image=clients
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/clients.sh
. /lab/multus.sh
need_multus

# two_networks VF OTHER_VF: two delegates, the first in the position of the cluster's network
two_networks() {
	network "$1" '{ "vlan": 100 }' first >"$LAB_TMP/first"
	network "$2" '{ "mac": "02:00:00:00:00:22" }' second >"$LAB_TMP/second"
	use_multus "$(jq -cs '{ delegates: . }' "$LAB_TMP/first" "$LAB_TMP/second")"
}

# attached POD: both networks work
attached() {
	contains "the pod's links" "$(in_pod "$1" ip -o link show up)" ' eth0: ' ' net1: '
	contains "the pod's rdma links" "$(in_pod "$1" rdma link show)" 'netdev eth0' 'netdev net1'
	pod_verbs "$1" --count 2
}

simnic_start 6
clients_record
snapshot "$LAB_TMP/before"
pod p1

say "status is passed on to the first network"
two_networks 1 2
multus status p1
equal "STATUS calls of sriov and rdma" "$(calls_of STATUS sriov) $(calls_of STATUS rdma)" "1 1"

say "add"
timed "multus add" multus add p1 >"$LAB_TMP/result"
equal "the result's interface" "$(jq -r '.interfaces[0] | "\(.name) \(.sandbox)"' "$LAB_TMP/result")" \
	"eth0 /run/netns/p1"
attached p1
contains "the VFs' lines" "$(vf_line 1) $(vf_line 2)" 'vlan 100' '02:00:00:00:00:22'
contains "the ADD" "$(call_line ADD rdma)" 'ifname=net1' \
	"args=IgnoreUnknown=true;K8S_POD_NAMESPACE=default;K8S_POD_NAME=p1;" \
	";IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=p1;"

say "check, before and after somebody changed a VF"
multus check p1
equal "CHECK calls of rdma" "$(calls_of CHECK rdma)" 2
ip link set "$LAB_PF" vf 1 vlan 7
refused multus check p1
contains "the error" "$(cat "$LAB_TMP/refused")" vlan 100 7
event_fits
ip link set "$LAB_PF" vf 1 vlan 100

say "del, and del again"
multus del p1
multus del p1
pod_del p1
same_now "$LAB_TMP/before" "after del"

say "a pod whose second network cannot be had: nothing is left, and the VF's owner keeps it"
pod owner
pod p1
use_network 2
cnitool_call add lab owner net1 >/dev/null
snapshot "$LAB_TMP/owned"
: >"$CALLS"
refused multus add p1
event_fits
contains "the error" "$(cat "$LAB_TMP/refused")" "$(vf_bdf 2)" "$(container_id owner)"
# rdma of the second network was never added
equal "ADD and DEL calls of rdma" "$(calls_of ADD rdma) $(calls_of DEL rdma)" "1 2"
equal "prevResult of a DEL without ADD" "$(conf_of DEL rdma net1 | jq -r .prevResult)" null
multus del p1
same_now "$LAB_TMP/owned" "after a refused add"
pod_verbs owner --only "$(vf_rdma 2)"
cnitool_call del lab owner net1
pod_del owner
pod_del p1
same_now "$LAB_TMP/before" "after all"

# Multus sends GC to its first network only, with a list of what it still knows of.
say "gc: a pod that Multus forgot is released from its first network; scripts/gc releases the rest"
pod p1
pod p2
two_networks 1 2
multus add p1 >/dev/null
two_networks 3 4
multus add p2 >/dev/null
rm /var/lib/cni/multus/*"$(container_id p2)" /var/lib/cni/multus/results/*"$(container_id p2)"*
multus_node GC
contains "the GC" "$(call_conf GC rdma)" '"cni.dev/valid-attachments":[' "$(container_id p1)"
attached p1
[ -e "/sys/class/infiniband/$(vf_rdma 3)" ] || fail "the first network's VF is not home"
[ ! -e "/sys/class/infiniband/$(vf_rdma 4)" ] || fail "the second network's VF came home: who told it?"
pod_del p2
until_true 10 [ -e "$(vf_dir 4)/net" ]
equal "networks on record" "$(/lab/gc --list | tr '\n' ' ')" 'first second '
/lab/gc
attached p1
equal "the devices on record" "$(find /var/lib/cni/sriov-rdma -name '@*' | sed 's/.*@//' | sort -u | tr '\n' ' ')" \
	"$(vf_bdf 1) $(vf_bdf 2) "
multus del p1
pod_del p1
# of p2, which nobody deletes
rm -f /var/lib/cni/results/*"$(container_id p2)"* /var/lib/cni/multus/results/*"$(container_id p2)"*
same_now "$LAB_TMP/before" "after gc"
