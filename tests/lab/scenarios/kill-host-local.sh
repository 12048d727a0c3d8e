# SPDX-License-Identifier: Apache-2.0
# The same as kill, with host-local: its threads make the calls come in another order each time.
# lab: timeout=600
# By hand: scripts/sweep runs it.
# lab: kernels=none
. /lab/lib.sh
. /lab/attached.sh
. /lab/sweep.sh
need_plugins

sweep_start '{ "type": "host-local", "ranges": [ [ { "subnet": "10.56.0.0/16" } ] ] }'
# shellcheck disable=SC2086 # options
sweep_run kill $LAB_ARGS
