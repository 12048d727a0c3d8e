# SPDX-License-Identifier: Apache-2.0
# What ADD and DEL of both plugins ask of the kernel stays within tests/bench/budgets.
# lab: kernels=6.12
. /lab/lib.sh
need_plugins
[ -x /lab/count ] || fail "count is not built; remedy: ninja -C build/release"

conf() { # TYPE [PREV_RESULT]
	jq -nc --arg bdf "$(vf_bdf 3)" --argjson prev "${2:-null}" --arg type "$1" '
		{ cniVersion: "1.0.0", name: "lab", type: $type, deviceID: $bdf }
		+ if $prev then { prevResult: $prev } else {} end'
}

# counted PLUGIN VERB: the counts in $LAB_TMP/PLUGIN.VERB, the answer on stdout
counted() {
	env -i PATH="$PATH" CNI_PATH="$CNI_PATH" CNI_COMMAND="$2" CNI_CONTAINERID=c1 \
		CNI_NETNS=/run/netns/p1 CNI_IFNAME=net1 /lab/count "$CNI_PATH/$1" \
		<"$LAB_TMP/conf.$1" 2>"$LAB_TMP/stderr" || fail "$1 $2: $(cat "$LAB_TMP/stderr")"
	tail -n 1 "$LAB_TMP/stderr" | tr ' ' '\n' >"$LAB_TMP/$1.$2"
}

# A line of the file: PLUGIN VERB KEY at-most|exactly NUMBER
check_budgets() {
	while read -r plugin verb key how number _; do
		case $plugin in
		'#'* | '') continue ;;
		esac
		got=$(sed -n "s/^$key=//p" "$LAB_TMP/$plugin.$verb")
		note "$plugin $verb: $key $got ($how $number)"
		case $how in
		exactly) [ "$got" = "$number" ] || echo "$plugin $verb: $key is $got, not $number" ;;
		*) [ "$got" -le "$number" ] || echo "$plugin $verb: $key is $got, more than $number" ;;
		esac >>"$LAB_TMP/exceeded"
	done </lab/budgets
	[ ! -s "$LAB_TMP/exceeded" ] || fail "$(cat "$LAB_TMP/exceeded")"
}

simnic_start 8
pod p1
# the first round makes directories
for round in first counted; do
	say "$round round"
	conf sriov >"$LAB_TMP/conf.sriov"
	counted sriov ADD >"$LAB_TMP/result"
	conf rdma "$(cat "$LAB_TMP/result")" >"$LAB_TMP/conf.rdma"
	counted rdma ADD >"$LAB_TMP/result"
	counted rdma DEL
	counted sriov DEL
done
counted sriov VERSION >"$LAB_TMP/result"
counted rdma VERSION >"$LAB_TMP/result"
for file in "$LAB_TMP"/*.ADD "$LAB_TMP"/*.DEL "$LAB_TMP"/*.VERSION; do
	note "${file##*/}: $(tr '\n' ' ' <"$file")"
done
check_budgets
