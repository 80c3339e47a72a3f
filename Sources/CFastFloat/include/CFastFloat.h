#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Longest text that the two formatters below write.
#define ROWAN_FLOAT_TEXT_LIMIT 32

/// Converts a decimal that already satisfies JSON's grammar to the nearest float (ties to even).
/// Returns the number of bytes read, 0 when the text is no number. Overflow gives an infinity, underflow a zero.
size_t rowan_parse_float(const char *text, size_t length, float *value);
size_t rowan_parse_double(const char *text, size_t length, double *value);

/// Writes the shortest decimal that reads back to the same value; the value must be finite. Returns the length.
size_t rowan_format_float(float value, char *text);
size_t rowan_format_double(double value, char *text);

#ifdef __cplusplus
}
#endif
