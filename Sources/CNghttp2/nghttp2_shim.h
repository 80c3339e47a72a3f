#pragma once
#include <nghttp2/nghttp2.h>

// Enumerators come to Swift as types of their own; these are the numbers that frames carry and calls take.
static const uint8_t rowan_nghttp2_data = NGHTTP2_DATA;
static const uint8_t rowan_nghttp2_headers = NGHTTP2_HEADERS;
static const uint8_t rowan_nghttp2_reset = NGHTTP2_RST_STREAM;
static const uint8_t rowan_nghttp2_flag_end_stream = NGHTTP2_FLAG_END_STREAM;
