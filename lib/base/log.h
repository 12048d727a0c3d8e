/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines on stderr or in a file, in the Go plugins' key="value" form. A
 * line that cannot be written is lost: logging never fails and never exits.
 * This, and what caps.c has asked the kernel about the process, is the only
 * global state of the programs.
 */
#pragma once
#include <stdbool.h>
#include <time.h>

#include "base/attr.h"

enum log_level { LOG_PANIC, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/**
 * log_open() - start logging; before it, lines of LOG_WARNING and worse go to stderr
 * @name:  program name in every line
 * @level: "panic", "error", "warning", "info" or "debug"; anything else, NULL: info
 * @file:  path to append to; NULL or "": stderr. Not writable: stderr, with a line saying so
 */
void log_open(const char *name, const char *level, const char *file);

/** log_context() - what every later line carries; strings are borrowed, "" and NULL are left out */
void log_context(const char *container, const char *netns, const char *ifname);

/** log_shows() - is a line of this level written; to be asked before a dear one is made */
bool log_shows(enum log_level level);

void log_line(enum log_level level, const char *fmt, ...) printf_like(2, 3);

/**
 * log_took() - as log_info(), with " in N ms" put behind the text
 * @start: clock_read(CLOCK_REALTIME) when it began: the line has that clock's time anyway, so one
 *         look tells both
 */
void log_took(const struct timespec *start, const char *fmt, ...) printf_like(2, 3);

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARNING, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
