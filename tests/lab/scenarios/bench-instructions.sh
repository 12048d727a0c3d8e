# SPDX-License-Identifier: Apache-2.0
# Instructions of each verb on a real kernel, lib/kernel included: with 128 VFs about as many as with 8.
# lab: kernels=none
# lab: timeout=600
. /lab/lib.sh
. /lab/bench.sh
need_plugins
[ -x /lab/valgrind/valgrind ] || skip "no valgrind in the guest; remedy: sudo scripts/deps test"

# The profiles go to build/lab/results, for callgrind_annotate; as in tests/bench/native, the processor is an old one.
counted() {
	bench_call "$1" "$2" VALGRIND_LIB=/lab/valgrind GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX_Fast_Unaligned_Load,-ERMS,-SSSE3 \
		/lab/valgrind/valgrind --tool=callgrind --callgrind-out-file="/host/bench-instructions.$1.$2.$to"
	sed -n 's/.*Collected : /instructions=/p' "$LAB_TMP/stderr" >"$LAB_TMP/$to/$1.$2"
}

# round VFS DIRECTORY: the last of them
round() {
	say "$1 VFs"
	simnic_start "$1" totalvfs=256
	to=first
	bench_round $(($1 - 1))
	to=$2
	bench_round $(($1 - 1))
	simnic_stop
}

mkdir -p "$LAB_TMP/first" "$LAB_TMP/few" "$LAB_TMP/many"
pod p1
round 8 few
round 128 many
check_flat instructions
