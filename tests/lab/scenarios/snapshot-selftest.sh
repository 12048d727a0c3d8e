# SPDX-License-Identifier: Apache-2.0
# The snapshot that scenarios compare notices each kind of change, and nothing when it was put back.
# lab: kernels=6.12
. /lab/lib.sh

# notices WHAT COMMAND... -- COMMAND...: the first one's change shows as lines with WHAT in them,
# and no more after the second. A command of several words may be one argument.
notices() {
	notices_what=$1
	shift
	notices_do=
	while [ "$1" != -- ]; do
		notices_do="$notices_do $1"
		shift
	done
	shift
	eval "$notices_do"
	snapshot "$LAB_TMP/changed"
	eval "$*"
	diff "$LAB_TMP/before" "$LAB_TMP/changed" >"$LAB_TMP/difference" && fail "nothing is seen of: $notices_do"
	grep -q "^[-+]$notices_what" "$LAB_TMP/difference" ||
		fail "no '$notices_what' after:$notices_do: $(cat "$LAB_TMP/difference")"
	note "$notices_what"
	until_same "$LAB_TMP/before" "after: $*"
}

# pf_vf VALUE...: of VF 1, as its PF has it
pf_vf() {
	ip link set "$LAB_PF" vf 1 "$@"
}

simnic_start 2 vfio_stub=1
modprobe dummy numdummies=0
vf=$(vf_netdev 1)
rdma=$(vf_rdma 1)
ip link add other type dummy
ip link add upper type dummy
pod p1
pf_vf trust on
pf_vf max_tx_rate 5000
snapshot "$LAB_TMP/before"

say "a VF's settings"
line="link $LAB_PF vf 1"
notices "$line mac" pf_vf mac 02:00:00:00:00:07 -- \
	"pf_vf mac 00:00:00:00:00:00; ip link set $vf address $(cat "/sys/class/net/$vf/address")"
notices "$line vlan 7 qos 0" pf_vf vlan 7 -- pf_vf vlan 0
notices "$line vlan 7 qos 3" pf_vf vlan 7 qos 3 -- pf_vf vlan 0
notices "$line vlan 7 qos 0 protocol 0x88a8" pf_vf vlan 7 proto 802.1ad -- pf_vf vlan 0
notices "$line min-rate, max-rate 0 6000" pf_vf max_tx_rate 6000 -- pf_vf max_tx_rate 5000
notices "$line min-rate, max-rate 9 5000" pf_vf min_tx_rate 9 max_tx_rate 5000 -- \
	pf_vf min_tx_rate 0 max_tx_rate 5000
notices "$line spoofchk" pf_vf spoofchk off -- pf_vf spoofchk on
notices "$line trust" pf_vf trust off -- pf_vf trust on
notices "$line link-state" pf_vf state enable -- pf_vf state auto

say "an interface"
notices "link $vf mtu 1400" ip link set "$vf" mtu 1400 -- ip link set "$vf" mtu 1500
notices "link elsewhere " ip link set "$vf" name elsewhere -- ip link set elsewhere name "$vf"
notices "link $vf altname .* \"more\"" ip link property add dev "$vf" altname more -- \
	ip link property del dev "$vf" altname more
notices "link other address 020000000009" ip link set other address 02:00:00:00:00:09 -- \
	ip link set other address "$(cat /sys/class/net/other/address)"
notices "link other alias \"x\"" ip link set other alias x -- "ip link set other alias ''"
notices "link $vf promiscuity 1" ip link set "$vf" promisc on -- ip link set "$vf" promisc off
notices "link $vf type .* allmulti" ip link set "$vf" allmulticast on -- ip link set "$vf" allmulticast off
notices "link $vf type .* noarp" ip link set "$vf" arp off -- ip link set "$vf" arp on
notices "link $vf type" ip link set "$vf" multicast off -- ip link set "$vf" multicast on
notices "link $vf family 10 addrgenmode" ip link set "$vf" addrgenmode none -- ip link set "$vf" addrgenmode eui64
notices "link $vf txqlen 7" ip link set "$vf" txqlen 7 -- ip link set "$vf" txqlen 1000
notices "link $vf group 7" ip link set "$vf" group 7 -- ip link set "$vf" group 0
notices "link $vf type .* up" ip link set "$vf" up -- ip link set "$vf" down
notices "link new .*" ip link add new type dummy -- ip link del new
notices "link $vf .*" ip link set "$vf" netns p1 -- ip -n p1 link set "$vf" netns 1
notices "link red .*" ip link add red type vrf table 7 -- ip link del red

say "addresses, routes"
notices "address lo /24 .*10.9.0.1" ip addr add 10.9.0.1/24 dev lo -- ip addr del 10.9.0.1/24 dev lo
notices "address lo /64 .*fd09::1" ip addr add fd09::1/64 dev lo -- ip addr del fd09::1/64 dev lo
notices "route .* to 10.8.0.0 .*dev lo" ip route add 10.8.0.0/16 dev lo -- ip route del 10.8.0.0/16 dev lo
notices "route .* to 10.8.0.0 " ip route add 10.8.0.0/16 dev lo table 77 -- \
	ip route del 10.8.0.0/16 dev lo table 77
notices "route 10 .* to fd08::" ip route add fd08::/64 dev lo -- ip route del fd08::/64 dev lo

say "RDMA"
notices "rdma other " rdma dev set "$rdma" name other -- rdma dev set other name "$rdma"
notices "rdma $rdma " "rdma dev set $rdma netns p1" -- \
	"ip netns attach host 1; in_pod p1 rdma dev set $rdma netns host; ip netns del host"
node=/dev/infiniband/uverbs$(vf_uverbs 1)
notices "node $node .* 20600" chmod 600 "$node" -- chmod 666 "$node"
notices "node $node " mv "$node" /dev/gone -- mv /dev/gone "$node"

say "sysctls"
# sysctl FILE: another value than it has
sysctl() {
	old=$(cat "/proc/sys/net/$1")
	notices "sysctl /proc/sys/net/$1" "echo $((1 - old)) >/proc/sys/net/$1" -- "echo $old >/proc/sys/net/$1"
}
sysctl "ipv4/conf/$vf/arp_notify"
sysctl "ipv6/conf/$vf/ndisc_notify"
sysctl "ipv6/conf/$vf/optimistic_dad"
sysctl "ipv6/conf/$vf/accept_dad"

say "files, mounts, namespaces"
mkdir -p /var/lib/cni/dir /run/dir
echo 1 >/var/lib/cni/dir/file
echo 1 >/run/dir/file
snapshot "$LAB_TMP/before"
for dir in /var/lib/cni/dir /run/dir; do
	notices "file $dir/file" "echo 2 >$dir/file" -- "echo 1 >$dir/file"
	notices "file $dir/new" "echo 1 >$dir/new" -- "rm $dir/new"
	notices "special $dir/claim" "ln -s there $dir/claim" -- "rm $dir/claim"
	notices "special $dir/fifo" "mkfifo $dir/fifo" -- "rm $dir/fifo"
done
notices "mount none /mnt" mount -t tmpfs none /mnt -- umount /mnt
notices "netns /run/netns/p2" ip netns add p2 -- ip netns del p2

say "what is meant to be ignored: locks, the delegate's last address, when a file was written"
touch /var/lib/cni/lock /run/dir/file
echo 10.56.0.2 >/var/lib/cni/dir/last_reserved_ip.0
same_now "$LAB_TMP/before"

say "a driver, which takes the devices along"
vf_bind 1 vfio-pci
snapshot "$LAB_TMP/changed"
! diff "$LAB_TMP/before" "$LAB_TMP/changed" >"$LAB_TMP/difference" || fail "nothing is seen of a driver"
contains "the difference" "$(cat "$LAB_TMP/difference")" "-driver /sys/bus/pci/drivers/simnicvf/$(vf_bdf 1)" \
	"+driver /sys/bus/pci/drivers/vfio-pci/$(vf_bdf 1)" "-link $vf mtu" "-rdma $rdma " "-node $node "
