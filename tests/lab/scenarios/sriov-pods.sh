# SPDX-License-Identifier: Apache-2.0
# Pods as they are: eight attachments over four PFs, one network twice, user namespaces, a chrooted caller.
# lab: timeout=240
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

simnic_start 3 rdma=0 npf=4
for n in 1 2 3; do
	pf_start "$n" 3
done
snapshot "$LAB_TMP/bare"
pod p1
snapshot "$LAB_TMP/before"
links_before

# pf_vf PF VF: the address of a VF of any PF
pf_vf() {
	printf '0000:%02x:00.%x\n' "$((0x81 + $1))" "$2"
}

say "eight attachments over four PFs in one pod"
n=1
while [ "$n" -le 8 ]; do
	pf=$(((n - 1) % 4))
	sriov_add p1 "$(pf_vf "$pf" "$(((n - 1) / 4))")" "{ \"vlan\": $((100 + n)),
		\"ipam\": { \"type\": \"static\", \"addresses\": [ { \"address\": \"10.$n.0.2/24\" } ] } }" "net$n"
	n=$((n + 1))
done
n=1
while [ "$n" -le 8 ]; do
	pf=$(((n - 1) % 4))
	contains "net$n" "$(pod_link p1 "net$n")" ',UP' "$(pf_vf "$pf" "$(((n - 1) / 4))")"
	contains "net$n's addresses" "$(in_pod p1 ip addr show "net$n")" "10.$n.0.2/24"
	contains "the PF's line" "$(ip link show "ens128f$pf" | grep "vf $(((n - 1) / 4)) ")" "vlan $((100 + n))"
	sriov_check p1 "net$n"
	n=$((n + 1))
done
for n in 8 3 1 5 2 7 6 4; do
	sriov_del p1 "net$n"
done
links_same "after eight DELs"
same_now "$LAB_TMP/before" "after eight DELs"

say "eight attachments, and the pod dies first"
for n in 1 2 3 4 5 6 7 8; do
	sriov_add p1 "$(pf_vf "$(((n - 1) % 4))" "$(((n - 1) / 4))")" '{ "trust": "on" }' "net$n"
done
pod_del p1
for n in 1 2 3 4 5 6 7 8; do
	sriov_del p1 "net$n"
done
same_now "$LAB_TMP/bare" "after the pod died"
pod p1

say "the same network twice, with one pool of addresses"
POOL='{ "ipam": { "type": "host-local", "subnet": "10.56.0.0/24" } }'
sriov_add p1 0 "$POOL" net1
sriov_add p1 1 "$POOL" net2
contains "net1's address" "$(in_pod p1 ip addr show net1)" 10.56.0.2
contains "net2's address" "$(in_pod p1 ip addr show net2)" 10.56.0.3
sriov_refused 102 "$(vf_bdf 1)" net2 -- p1 1 "$POOL" net3
sriov_del p1 net1
contains "net2 after DEL of net1" "$(in_pod p1 ip addr show net2)" 10.56.0.3 ',UP'
sriov_check p1 net2
sriov_del p1 net2
same_now "$LAB_TMP/before"

say "a pod in a user namespace"
unshare --user --map-root-user --net sleep 1000 &
sleeper=$!
until_true 10 sh -c "[ \"\$(readlink /proc/$sleeper/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
snapshot "$LAB_TMP/userns"
inside() {
	nsenter -t "$sleeper" -U --preserve-credentials -n "$@"
}
sriov_add "/proc/$sleeper/ns/net" 1 '{ "vlan": 7, "mac": "02:aa:bb:cc:dd:01", "ipam": { "type": "static",
	"addresses": [ { "address": "10.56.0.2/24" }, { "address": "fd56::2/64" } ],
	"routes": [ { "dst": "10.57.0.0/16", "gw": "10.56.0.1" } ] } }'
contains "the interface" "$(inside ip addr show net1)" ',UP' 02:aa:bb:cc:dd:01 10.56.0.2/24 fd56::2/64
contains "the routes" "$(inside ip route)" 10.57.0.0/16
sriov_check "/proc/$sleeper/ns/net"
inside ip link set net1 mtu 1400
sriov_del "/proc/$sleeper/ns/net"
same_now "$LAB_TMP/userns"
say "and it dies with the VF inside"
sriov_add "/proc/$sleeper/ns/net" 1 '{ "vlan": 7 }'
kill "$sleeper"
wait "$sleeper" || true
sriov_del "/proc/$sleeper/ns/net"
same_now "$LAB_TMP/before"

say "a caller in a container, chrooted into the host's root (thick Multus)"
mkdir -p /tmp/hostroot
mkfifo "$LAB_TMP/orders"
# the daemon's own mount namespace, made before the pod's network namespace is
# shellcheck disable=SC2016 # for the shell inside
unshare --mount --propagation slave sh -c '
	mount --rbind / /tmp/hostroot
	while read -r order; do
		sh -c "$order"
		echo $? >/tmp/lab/order-status
	done </tmp/lab/orders' &
daemon=$!
exec 9>"$LAB_TMP/orders"
# by_daemon VERB: CONFIG is in $LAB_TMP/order-stdin
by_daemon() {
	rm -f "$LAB_TMP/order-status"
	echo "chroot /tmp/hostroot env -i PATH=/usr/bin CNI_PATH=$CNI_PATH CNI_COMMAND=$1 CNI_CONTAINERID=late \
		CNI_NETNS=/run/netns/late CNI_IFNAME=net1 $CNI_PATH/sriov </tmp/lab/order-stdin >/tmp/lab/order-stdout" >&9
	until_true 30 test -s "$LAB_TMP/order-status"
	equal "$1's status ($(cat "$LAB_TMP/order-stdout"))" "$(cat "$LAB_TMP/order-status")" 0
}
pod late
snapshot "$LAB_TMP/late"
jq -nc --argjson type "$SRIOV_TYPE" --arg bdf "$(vf_bdf 1)" '$type + { deviceID: $bdf, vlan: 9, ipam: {
	type: "static", addresses: [ { address: "10.56.0.9/24" } ] } }' >"$LAB_TMP/order-stdin"
by_daemon ADD
contains "the pod's interface" "$(in_pod late ip addr show net1)" ',UP' 10.56.0.9/24
by_daemon DEL
same_now "$LAB_TMP/late"
exec 9>&-
wait "$daemon"
umount -l /tmp/hostroot 2>/dev/null || true
pod_del late
same_now "$LAB_TMP/before"
