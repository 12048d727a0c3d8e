# SPDX-License-Identifier: Apache-2.0
# Addresses and routes of both families, IPv6 switched off by sysctl, duplicates, announcements.
# lab: timeout=240
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

modprobe dummy numdummies=0
simnic_start 5 rdma=0 npf=2
pf_start 1 1
pod p1
pod peer
snapshot "$LAB_TMP/before"

# static ADDRESSES [ROUTES]: keys with these
static() {
	jq -nc --argjson addresses "$1" --argjson routes "${2:-[]}" \
		'{ ipam: { type: "static", addresses: $addresses, routes: $routes } }'
}
V4='{ "address": "10.56.0.2/24", "gateway": "10.56.0.1" }'
V6='{ "address": "fd56::2/64", "gateway": "fd56::1" }'

say "both families, IPv6 switched off for all interfaces of the pod"
in_pod p1 sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
sriov_add p1 1 "$(static "[ $V4, $V6 ]" '[ { "dst": "0.0.0.0/0" }, { "dst": "::/0" } ]')"
contains "the addresses" "$(in_pod p1 ip addr show net1)" '10.56.0.2/24 brd 10.56.0.255' fd56::2/64
contains "the routes" "$(in_pod p1 ip route)" 'default via 10.56.0.1 dev net1'
contains "the routes" "$(in_pod p1 ip -6 route)" 'default via fd56::1 dev net1'
equal "disable_ipv6 of net1" "$(in_pod p1 cat /proc/sys/net/ipv6/conf/net1/disable_ipv6)" 0
equal "disable_ipv6 of all" "$(in_pod p1 cat /proc/sys/net/ipv6/conf/all/disable_ipv6)" 1
sriov_check p1
sriov_del p1
in_pod p1 sysctl -q -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
same_now "$LAB_TMP/before"

say "attributes of routes; a link-scope route gets no gateway"
# static IPAM of today knows dst and gw only: this delegate says the rest
cat >"$CNI_PATH/lab-ipam" <<'IPAM'
#!/bin/sh
cat >/dev/null
[ "$CNI_COMMAND" != ADD ] || cat /tmp/lab/ipam-reply
IPAM
chmod +x "$CNI_PATH/lab-ipam"
cat >"$LAB_TMP/ipam-reply" <<'REPLY'
{ "cniVersion": "1.1.0", "ips": [ { "address": "10.56.0.2/24", "gateway": "10.56.0.1" },
  { "address": "fd56::2/64", "gateway": "fd56::1" } ],
  "routes": [ { "dst": "10.57.0.0/16", "mtu": 1400, "advmss": 1300, "priority": 50 },
  { "dst": "10.58.0.0/16", "table": 1000 }, { "dst": "10.59.0.0/16", "scope": 253 },
  { "dst": "fd57::/64", "mtu": 1380, "table": 100 }, { "dst": "fd58::/64", "gw": "fd56::3" } ] }
REPLY
sriov_add p1 1 '{ "ipam": { "type": "lab-ipam" } }'
routes=$(in_pod p1 ip route show table all; in_pod p1 ip -6 route show table all)
line() {
	echo "$routes" | grep "^$1 " || fail "no route to $1: $routes"
}
contains "route 1" "$(line 10.57.0.0/16)" 'via 10.56.0.1' 'metric 50' 'mtu 1400' 'advmss 1300'
contains "route 2" "$(line 10.58.0.0/16)" 'via 10.56.0.1' 'table 1000'
contains "route 3" "$(line 10.59.0.0/16)" 'dev net1 ' 'scope link'
case $(line 10.59.0.0/16) in *via*) fail "the link-scope route has a gateway" ;; esac
contains "route 4" "$(line fd57::/64)" 'via fd56::1' 'table 100' 'mtu 1380'
contains "route 5" "$(line fd58::/64)" 'via fd56::3'
sriov_check p1
sriov_del p1
same_now "$LAB_TMP/before"

say "a gateway that is on no link: refused, everything undone"
cp -r /var/lib/cni "$LAB_TMP/cni"
sriov_refused 104 10.99.0.1 -- p1 1 "$(static "[ $V4 ]" '[ { "dst": "10.57.0.0/16", "gw": "10.99.0.1" } ]')"
same_now "$LAB_TMP/before"

say "announcements leave through the attached interface, and the neighbours learn from them"
# Two listeners on VFs of the same PF, one of them in the VLAN; one on the other PF
listen() {
	ip link set "$1" netns peer
	in_pod peer sysctl -q -w "net.ipv4.conf.$1.arp_accept=1" "net.ipv6.conf.$1.accept_dad=0" \
		"net.ipv6.conf.$1.accept_untracked_na=1" "net.ipv6.conf.$1.forwarding=1"
	in_pod peer ip link set "$1" up
	in_pod peer ip addr add "$2/24" dev "$1"
	in_pod peer ip addr add "$3/64" dev "$1"
}
ip link set "$LAB_PF" vf 3 vlan 7
listen "$(vf_netdev 2)" 10.56.0.12 fd56::12
listen "$(vf_netdev 3)" 10.56.0.13 fd56::13
listen ens128f1v0 10.56.0.14 fd56::14
# the pod's other interface has the default route, so it would take what is not bound
in_pod p1 ip link add eth0 type dummy
in_pod p1 ip addr add 192.0.2.1/24 dev eth0
in_pod p1 ip link set eth0 up
in_pod p1 ip route add default via 192.0.2.254
in_pod p1 ip -6 route add default dev eth0
knows() {
	in_pod peer ip neigh show dev "$1" | grep -q "^$2 lladdr 02:aa:bb:cc:dd:01"
}
timed "ADD with an announcement" sriov_add p1 1 "$(static "[ $V4, $V6 ]" |
	jq -c '. + { vlan: 7, mac: "02:aa:bb:cc:dd:01" }')"
until_true 3 knows "$(vf_netdev 3)" 10.56.0.2
until_true 3 knows "$(vf_netdev 3)" fd56::2
! knows "$(vf_netdev 2)" 10.56.0.2 || fail "announced outside of its VLAN"
! knows ens128f1v0 10.56.0.2 || fail "announced through another interface"
note "$(in_pod peer ip neigh show | tr '\n' ';')"
sriov_del p1
in_pod p1 ip link del eth0

say "no carrier: ADD waits 200 ms at most"
timed "ADD with link_state disable" sriov_add p1 1 "$(static "[ $V4 ]" | jq -c '. + { link_state: "disable" }')"
# shellcheck disable=SC2154 # timed sets it
[ "$timed_took" -lt 300 ] || fail "took too long"
sriov_del p1

say "an address that somebody else has (duplicate address detection)"
in_pod peer ip addr add fd56::2/64 dev "$(vf_netdev 2)"
# The pod does not wait for the answer (optimistic detection). ADD says it if it has come meanwhile,
# else CHECK does.
if sriov_add p1 1 "$(static "[ $V6 ]")" 2>/dev/null; then
	note "attached before the answer came"
	until_true 5 sh -c 'ip -n p1 -6 addr show net1 | grep -q dadfailed'
	if sriov_check p1 >"$LAB_TMP/check"; then
		fail "CHECK did not see it"
	fi
	contains "CHECK's error" "$(cat "$LAB_TMP/check")" fd56::2 'in use elsewhere'
else
	note "$(jq -r .msg "$LAB_TMP/result")"
	contains "ADD's error" "$(cat "$LAB_TMP/result")" '"code":104' fd56::2/64 'in use elsewhere' IPAM
fi
sriov_del p1

say "a duplicate that shows later, when the link comes up: CHECK tells"
sriov_add p1 1 "$(static '[ { "address": "fd56::2/64" } ]' | jq -c '. + { link_state: "disable" }')"
ip link set "$LAB_PF" vf 1 state enable
until_true 5 sh -c 'ip -n p1 -6 addr show net1 | grep -q dadfailed'
if sriov_check p1 >"$LAB_TMP/check"; then
	fail "CHECK did not see it"
fi
contains "CHECK's error" "$(cat "$LAB_TMP/check")" fd56::2 'in use elsewhere' vf.link_state
sriov_del p1
in_pod peer ip addr del fd56::2/64 dev "$(vf_netdev 2)"
sriov_add p1 1 "$(static "[ $V6 ]")"
sriov_del p1

ip link set "$LAB_PF" vf 3 vlan 0
pod_del peer
pod peer
until_true 5 test -e "/sys/class/net/$(vf_netdev 2)"
until_true 5 test -e "/sys/class/net/$(vf_netdev 3)"
until_true 5 test -e "/sys/class/net/ens128f1v0"
same_now "$LAB_TMP/before"
