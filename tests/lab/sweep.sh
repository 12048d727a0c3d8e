# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# What the sweeps begin with: a VF whose settings are somebody's own, and the chain's configurations
# as files.

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

# sweep_confs VF IPAM DIRECTORY: both plugins' configurations; each VF has a MAC of its own.
# SWEEP_RDMA is what rdma's has besides.
sweep_confs() {
	mkdir -p "$3"
	echo "$ALL_KEYS" | jq -c --arg bdf "$(vf_bdf "$1")" --argjson ipam "$2" --arg mac "02:aa:bb:cc:dd:0$1" \
		'{ type: "sriov", deviceID: $bdf } + . + { ipam: $ipam, mac: $mac }' >"$3/sriov.json"
	jq -nc --arg bdf "$(vf_bdf "$1")" --argjson more "${SWEEP_RDMA:-null}" \
		'{ type: "rdma", deviceID: $bdf } + $more' >"$3/rdma.json"
}

# sweep_run ARGUMENTS...: then the whole host once more
sweep_run() {
	snapshot "$LAB_TMP/before"
	/lab/sweep "$@" "$SWEEP_DIR" || fail "something was lost"
	same_now "$LAB_TMP/before" "after the sweep"
}
