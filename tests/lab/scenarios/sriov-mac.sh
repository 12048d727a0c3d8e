# SPDX-License-Identifier: Apache-2.0
# 4 kinds of driver x MAC asked for or not x trust on or off: the pod has the right MAC, all comes back.
# lab: timeout=300
. /lab/lib.sh
. /lab/sriov.sh
need_plugins

DELAY_MS=300
ASKED=02:aa:bb:cc:dd:01
CHOSEN=02:aa:bb:cc:dd:99 # by the pod itself

simnic_start 3 rdma=0 mac_delay_ms=$DELAY_MS
# VF 1 has no MAC from its PF; VF 2 has one, as operators assign them
ip link set "$LAB_PF" vf 2 mac 02:00:00:00:02:02
pod p1
snapshot "$LAB_TMP/before"
links_before

mac_of() {
	"$@" | sed -n 's/.*link\/ether \([^ ]*\) .*/\1/p'
}

# attach MODE VF TRUST MAC|none
attach() {
	own=$(mac_of ip link show "$(vf_netdev "$2")")
	case $4 in
	none) sriov_add p1 "$2" "{ \"trust\": \"$3\" }" ;;
	*) sriov_add p1 "$2" "{ \"trust\": \"$3\", \"mac\": \"$4\" }" ;;
	esac
	[ "$4" = none ] || own=$4
	equal "the pod's MAC" "$(mac_of in_pod p1 ip link show net1)" "$own"
	equal "the result's MAC" "$(jq -r '.interfaces[0].mac' "$LAB_TMP/result")" "$own"
	contains "the VF's line" "$(vf_line "$2")" "trust $3"
	[ "$4" = none ] || contains "the VF's line" "$(vf_line "$2")" "$4"
	[ "$1" != 1 ] || until_true 10 mac_has_settled
	equal "the pod's MAC a little later" "$(mac_of in_pod p1 ip link show net1)" "$own"
	# a trusted pod may change it, which must not stay
	[ "$3" = off ] || in_pod p1 ip link set net1 address "$CHOSEN"
	sriov_del p1
	[ "$1" != 1 ] || until_true 10 mac_has_settled
	links_same "mac_mode $1, VF $2, trust $3, mac $4"
}

for mode in 0 1 2 3; do
	echo "$mode" >/sys/module/simnic/parameters/mac_mode
	simnic_log_clear # mac_has_settled reads it
	say "mac_mode $mode"
	for vf in 1 2; do
		for trust in on off; do
			attach "$mode" "$vf" "$trust" none
			attach "$mode" "$vf" "$trust" "$ASKED"
			note "VF $vf trust $trust: ok"
		done
	done
done
same_now "$LAB_TMP/before"
