# SPDX-License-Identifier: Apache-2.0
# cnitool: status, add, check, del, del again and gc of the chain do what the spec says.
# lab: timeout=240
export LAB_IPV6=no
. /lab/lib.sh
need_plugins
have_cnitool || skip "no cnitool in the guest: scripts/tools found no Go toolchain"
[ "$(cni_version)" = 1.1.0 ] || skip "host-local in the guest does not speak 1.1.0"

# silent WHAT COMMAND...: it succeeds and prints nothing, as the spec asks of all verbs but ADD
silent() {
	silent_what=$1
	shift
	silent_out=$("$@") || fail "$silent_what failed"
	equal "the output of $silent_what" "$silent_out" ''
}

# tool VERB NETWORK POD
tool() {
	cnitool_call "$1" "$2" "$3" net1
}

# attached POD VF: the pod has both devices, and they work
attached() {
	contains "the pod's link" "$(in_pod "$1" ip link show net1)" ',UP'
	contains "the pod's rdma link" "$(in_pod "$1" rdma link show)" "$(vf_rdma "$2")/1 state ACTIVE"
	pod_verbs "$1" --only "$(vf_rdma "$2")"
}

# at_home VF
at_home() {
	[ -e "/sys/class/net/$(vf_netdev "$1")" ] && [ -e "/sys/class/infiniband/$(vf_rdma "$1")" ]
}

records() {
	find /var/lib/cni/sriov-rdma -name '@*' | sed 's/.*@//' | sort -u | tr '\n' ' '
}

simnic_start 4
snapshot "$LAB_TMP/before"
for name in p1 p2 p3 p4; do
	pod "$name"
done
use_network 1 '{ "vlan": 100, "mac": "02:aa:bb:cc:dd:01" }'

say "status of a healthy node"
silent "status" tool status lab p1

say "add"
timed "cnitool add" tool add lab p1 >"$LAB_TMP/result"
equal "the result's version" "$(jq -r .cniVersion "$LAB_TMP/result")" 1.1.0
equal "the result's interface" \
	"$(jq -r '.interfaces[0] | "\(.name) \(.mac) \(.mtu) \(.sandbox) \(.pciID)"' "$LAB_TMP/result")" \
	"net1 02:aa:bb:cc:dd:01 1500 /run/netns/p1 $(vf_bdf 1)"
contains "the result's address" "$(jq -r '.ips[0].address' "$LAB_TMP/result")" 10.56.0.
attached p1 1
contains "the VF's line" "$(vf_line 1)" 'vlan 100'

say "check, before and after somebody changed the VF"
silent "check" tool check lab p1
ip link set "$LAB_PF" vf 1 vlan 7
refused tool check lab p1
contains "the error" "$(cat "$LAB_TMP/refused")" vlan 100 7
note "$(sed -n '1s/^Error: //p' "$LAB_TMP/refused")"
ip link set "$LAB_PF" vf 1 vlan 100
silent "check" tool check lab p1

say "del, and del again"
silent "del" tool del lab p1
at_home 1 || fail "the VF or its RDMA device is not home"
silent "del again" tool del lab p1
refused tool check lab p1

say "check, after the real tuning plugin changed what a later plugin may"
# without a MAC of the administrator's the pod may set one
use_network 1 '{ "vlan": 100 }'
jq '.plugins += [ { type: "tuning", mtu: 1400, mac: "02:aa:bb:cc:dd:02", promisc: true, txQLen: 500,
	sysctl: { "net.ipv4.conf.IFNAME.arp_filter": "1" } } ]' "$NETCONFPATH/lab.conflist" >"$LAB_TMP/tuned"
cp "$LAB_TMP/tuned" "$NETCONFPATH/lab.conflist"
tool add lab p1 >"$LAB_TMP/result"
contains "the pod's link" "$(in_pod p1 ip -d link show net1)" 'mtu 1400' '02:aa:bb:cc:dd:02' PROMISC 'qlen 500'
silent "check" tool check lab p1
in_pod p1 ip link set net1 mtu 1300
refused tool check lab p1
contains "the error" "$(cat "$LAB_TMP/refused")" MTU 1300
in_pod p1 ip link set net1 mtu 1400
silent "check" tool check lab p1
silent "del" tool del lab p1
use_network 1
for name in p1 p2 p3 p4; do
	pod_del "$name"
done
same_now "$LAB_TMP/before" "after del"

# cnitool hands no list of attachments: a plugin may release what is dead and nothing else. What is
# in libcni's own cache libcni ends itself, by DEL, so of the live pods only the one of another
# runtime (with another cache) tells what the plugins do.
say "gc: a dead pod's attachment is released; a live one and another network's dead one are not"
for name in p1 p2 p3 p4; do
	pod "$name"
done
tool add lab p1 >/dev/null
use_network 2
runtime add lab p2 /run/netns/p2 net1 >/dev/null
use_network 3
runtime add lab p3 /run/netns/p3 net1 >/dev/null
use_network 0 '' other
runtime add other p4 /run/netns/p4 net1 >/dev/null
pod_del p3
pod_del p4
until_true 10 [ -e "$(vf_dir 3)/net" ]
until_true 10 [ -e "$(vf_dir 0)/net" ]
silent "gc" tool gc lab p1
equal "the devices on record" "$(records)" "$(vf_bdf 0) $(vf_bdf 2) "
at_home 3 || fail "the dead pod's devices are not home"
at_home 1 || fail "libcni did not release what it had in its cache"
attached p2 2
runtime del lab p2 /run/netns/p2 net1
silent "gc" tool gc other p1
equal "the devices on record" "$(records)" ''
rm -f "$LAB_TMP"/result-*
for name in p1 p2; do
	pod_del "$name"
done
same_now "$LAB_TMP/before" "after gc"

say "status, and add, when RDMA is in shared mode"
simnic_stop
RDMA_MODE=shared simnic_start 2
snapshot "$LAB_TMP/shared"
use_network 1
refused tool status lab p1
contains "the error" "$(cat "$LAB_TMP/refused")" shared exclusive
note "$(sed -n '1s/^Error: //p' "$LAB_TMP/refused")"
plugin_conf 1 "$NETCONFPATH/lab.conflist" | refused plugin_call rdma STATUS '' '' ''
equal "the code" "$(jq .code "$LAB_TMP/refused")" 50
pod p1
refused tool add lab p1
contains "the error" "$(cat "$LAB_TMP/refused")" shared exclusive
silent "del" tool del lab p1
pod_del p1
same_now "$LAB_TMP/shared" "after add was refused in shared mode"
