# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# What the sweeps begin with: a VF whose settings are somebody's own, the chain's configurations
# as files, and a look at whether the sweep's idea of the host would notice a difference.

SWEEP_DIR=$LAB_TMP/sweep

# sweep_start IPAM [PARAMETER=VALUE...]
sweep_start() {
	ipam=$1
	shift
	simnic_start 2 "$@"
	ip link property add dev "$(vf_netdev 1)" altname sriov-blue
	ip link set "$(vf_netdev 1)" mtu 2000
	ip link set "$LAB_PF" vf 1 trust on
	ip link set "$LAB_PF" vf 1 max_tx_rate 5000
	sweep_confs 1 "$ipam" "$SWEEP_DIR"
}

# sweep_confs VF IPAM DIRECTORY: both plugins' configurations; each VF has a MAC of its own
sweep_confs() {
	mkdir -p "$3"
	echo "$ALL_KEYS" | jq -c --arg bdf "$(vf_bdf "$1")" --argjson ipam "$2" --arg mac "02:aa:bb:cc:dd:0$1" \
		'{ type: "sriov", deviceID: $bdf } + . + { ipam: $ipam, mac: $mac }' >"$3/sriov.json"
	jq -nc --arg bdf "$(vf_bdf "$1")" '{ type: "rdma", deviceID: $bdf }' >"$3/rdma.json"
}

# notices WHAT COMMAND... -- COMMAND...: the sweep's snapshot shows the first one's change, and not
# any more after the second
notices() {
	notices_what=$1
	shift
	/lab/sweep state >"$LAB_TMP/state"
	while [ "$1" != -- ]; do
		notices_do="${notices_do:-} $1"
		shift
	done
	shift
	eval "$notices_do"
	notices_do=
	! /lab/sweep state | cmp -s "$LAB_TMP/state" - || fail "the sweep does not notice $notices_what"
	"$@"
	/lab/sweep state | diff "$LAB_TMP/state" - || fail "the sweep sees more than $notices_what"
}

# A sweep that sees nothing loses nothing.
sweep_sees() {
	vf=$(vf_netdev 1)
	notices "a VF's VLAN" ip link set "$LAB_PF" vf 1 vlan 7 -- ip link set "$LAB_PF" vf 1 vlan 0
	notices "a VF's rate" ip link set "$LAB_PF" vf 1 max_tx_rate 6000 -- \
		ip link set "$LAB_PF" vf 1 max_tx_rate 5000
	notices "trust" ip link set "$LAB_PF" vf 1 trust off -- ip link set "$LAB_PF" vf 1 trust on
	notices "an MTU" ip link set "$vf" mtu 1999 -- ip link set "$vf" mtu 2000
	notices "a name" ip link set "$vf" name other -- ip link set other name "$vf"
	notices "an alternative name" ip link property add dev "$vf" altname more -- \
		ip link property del dev "$vf" altname more
	notices "an address" ip addr add 10.9.0.1/24 dev lo -- ip addr del 10.9.0.1/24 dev lo
	notices "an RDMA device's name" rdma dev set "$(vf_rdma 1)" name other -- \
		rdma dev set other name "$(vf_rdma 1)"
	notices "a claim" ln -s there /var/lib/cni/link -- rm /var/lib/cni/link
	notices "a file" cp /etc/passwd /var/lib/cni/file -- rm /var/lib/cni/file
	notices "a pod" ip netns add other -- ip netns del other
	notices "a mount" mount -t tmpfs none /mnt -- umount /mnt
}

# sweep_run ARGUMENTS...: then the whole host once more, as the other scenarios see it
sweep_run() {
	snapshot "$LAB_TMP/before"
	/lab/sweep "$@" "$SWEEP_DIR" || fail "something was lost"
	same_now "$LAB_TMP/before" "after the sweep"
}
