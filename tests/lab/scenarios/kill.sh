# SPDX-License-Identifier: Apache-2.0
# ADD and DEL are killed at every system call that changes something; a runtime cleans up, nothing is lost.
# lab: timeout=600
# Some two minutes: too long for each run of scripts/test. scripts/lab runs it.
# lab: kernels=none
. /lab/lib.sh
. /lab/attached.sh
. /lab/sweep.sh
need_plugins

sweep_start '{ "type": "lease" }'
sweep_sees
sweep_run kill
