# SPDX-License-Identifier: Apache-2.0
# The chain with the real static and dhcp delegates: addresses in the pod, leases given back.
# lab: timeout=240
. /lab/lib.sh
. /lab/attached.sh
need_plugins

simnic_start 3

# with_ipam IPAM: the network, every VF attribute set, and this delegate
with_ipam() {
	use_network 1 "$(echo "$ALL_KEYS" | jq -c --argjson ipam "$1" '. + { ipam: $ipam }')"
}

say "static"
with_ipam '{ "type": "static",
	"addresses": [ { "address": "10.56.0.7/24", "gateway": "10.56.0.1" }, { "address": "fd56::7/64" } ],
	"routes": [ { "dst": "10.57.0.0/16" } ] }'
pod p1
snapshot "$LAB_TMP/before"
promised=$(vf_uverbs 1)
cni_add lab p1 >"$LAB_TMP/result"
check_result "$(cat "$LAB_TMP/result")" p1
check_attached 1 p1 "$promised"
contains "the pod's addresses" "$(in_pod p1 ip addr show net1)" 10.56.0.7/24 fd56::7/64
cni_del lab p1
same_now "$LAB_TMP/before" "after DEL"
cni_del lab p1
same_now "$LAB_TMP/before" "after the second DEL"

say "dhcp: a server on another VF of the switch, in the same VLAN; the delegate's daemon on the host"
ip link set "$LAB_PF" vf 2 vlan 100 proto 802.1ad
pod server
ip link set "$(vf_netdev 2)" netns server name net1
in_pod server ip addr add 10.56.0.1/24 dev net1
in_pod server ip link set net1 up
cat >"$LAB_TMP/udhcpd.conf" <<CONF
interface net1
start 10.56.0.50
end 10.56.0.51
max_leases 2
lease_file $LAB_TMP/leases
pidfile $LAB_TMP/udhcpd.pid
option subnet 255.255.255.0
option router 10.56.0.1
option lease 3600
CONF
: >"$LAB_TMP/leases"
in_pod server udhcpd -f -a 1 "$LAB_TMP/udhcpd.conf" >"$LAB_TMP/udhcpd.log" 2>&1 &
"$CNI_PATH/dhcp" daemon >"$LAB_TMP/dhcp.log" 2>&1 &
daemon=$!
# shellcheck disable=SC2317 # on_exit calls it
stop_both() {
	kill "$daemon" "$(cat "$LAB_TMP/udhcpd.pid")" 2>/dev/null || true
	[ "$status" = 0 ] || cat "$LAB_TMP/udhcpd.log" "$LAB_TMP/dhcp.log" >&2
}
trap 'status=$?; on_exit $status; stop_both; exit $status' EXIT
until_true 20 test -S /run/cni/dhcp.sock

in_pod server sysctl -q -w net.ipv4.conf.all.log_martians=1

# released N: the daemon gave back N leases, and its last message reached the server's link. It has
# no source address, so that the server's kernel refuses it, and says so.
released() {
	[ "$(grep -c 'releasing lease' "$LAB_TMP/dhcp.log")" = "$1" ] &&
		dmesg | grep -q 'martian source 10.56.0.1 from 0.0.0.0, on dev net1'
}

with_ipam '{ "type": "dhcp" }'
snapshot "$LAB_TMP/before"
timed "ADD with dhcp" cni_add lab p1 >"$LAB_TMP/result"
address=$(jq -r '.ips[].address' "$LAB_TMP/result")
contains "the result's address" "$address" 10.56.0.5 /24
contains "the pod's addresses" "$(in_pod p1 ip addr show net1)" "$ALL_MAC" "inet $address"
contains "the pod's routes" "$(in_pod p1 ip route)" 'default via 10.56.0.1 dev net1'
in_pod p1 ping -c 1 -W 5 10.56.0.1 >/dev/null || fail "the pod does not reach the server"
! grep -q 'releasing lease' "$LAB_TMP/dhcp.log" || fail "released too early"
cni_del lab p1
until_true 20 released 1
same_now "$LAB_TMP/before" "after DEL"
cni_del lab p1
same_now "$LAB_TMP/before" "after the second DEL"

say "dhcp, an ADD that fails after the lease was taken: it is given back"
fault rdma_netns 16 -1
if cni_add lab p1 >"$LAB_TMP/result" 2>&1; then
	fail "ADD should have failed"
fi
fault_clear
note "$(tail -n 1 "$LAB_TMP/result")"
cni_del lab p1
until_true 20 released 2
same_now "$LAB_TMP/before" "after the failed ADD and DEL"
