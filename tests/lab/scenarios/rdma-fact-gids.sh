# SPDX-License-Identifier: Apache-2.0
# Fact: are GIDs lost whose addresses come while the RDMA device is moved; does setting the broadcast address bring them back.
# lab: timeout=240
. /lab/lib.sh

ADDRESSES=8 # the table has 16 entries
ROUNDS=20

# GIDs of 10.x addresses, as the workload finds them
count_gids() {
	pod_verbs p1 | grep -c 'ffff:0a' || true
}

complete() {
	[ "$(count_gids)" = "$ADDRESSES" ]
}

simnic_start 2
pod p1
# iproute2 knows namespaces by name only. Whoever cleans up must not find it: our own is in there.
trap 'on_exit $?; ip netns del host' EXIT
ip netns attach host 1
dev=$(vf_netdev 1)
ip link set "$dev" netns p1
ip -n p1 link set "$dev" up
lost=0 round=0
while [ "$round" -lt "$ROUNDS" ]; do
	n=0
	while [ "$n" -lt "$ADDRESSES" ]; do
		echo "addr add 10.$round.0.$((n + 1))/24 dev $dev"
		n=$((n + 1))
	done >"$LAB_TMP/batch"
	rdma dev set "$(vf_rdma 1)" netns p1 &
	ip -n p1 -batch "$LAB_TMP/batch"
	wait
	sleep 0.3
	missing=$((ADDRESSES - $(count_gids)))
	if [ "$missing" != 0 ]; then
		lost=$((lost + 1))
		note "round $round: $missing of $ADDRESSES GIDs are lost"
	fi
	# what gid_rebuild() does: nothing is changed, but the GIDs are made anew
	ip -n p1 link set "$dev" broadcast ff:ff:ff:ff:ff:ff
	until_true 5 complete
	in_pod p1 rdma dev set "$(vf_rdma 1)" netns host
	ip -n p1 -4 addr flush dev "$dev"
	round=$((round + 1))
done
note "GIDs were lost in $lost of $ROUNDS rounds; after setting the broadcast address all were there"
