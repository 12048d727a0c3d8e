/* SPDX-License-Identifier: Apache-2.0 */
/* Directories with all that is in them. */
#pragma once

/** tree_remove() - absent is fine */
void tree_remove(const char *path);

/** tree_copy() - directories, files and links of @from; @to is made */
void tree_copy(const char *from, const char *to);
