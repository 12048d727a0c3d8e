/* SPDX-License-Identifier: Apache-2.0 */
/* The result of ADD: prevResult, our interface, and what the IPAM delegate gave. */
#pragma once
#include "world.h"

/**
 * report_make() - build the result in the newest shape
 * @ipam: the delegate's result, or NULL
 * @ret_index: place of our interface in "interfaces"
 */
int report_make(const struct world *w, const cJSON *ipam, cJSON **ret, unsigned *ret_index,
		struct err *e) must_check;
