// fast_float and std::to_chars are C++ templates: this file gives them C names.
#include "CFastFloat.h"

#include <charconv>
#include <fast_float/fast_float.h>

namespace {
template <typename Number>
size_t parse(const char *text, size_t length, Number *value) {
    auto result = fast_float::from_chars(text, text + length, *value);
    return result.ec == std::errc::invalid_argument ? 0 : size_t(result.ptr - text);
}

template <typename Number>
size_t format(Number value, char *text) {
    return size_t(std::to_chars(text, text + ROWAN_FLOAT_TEXT_LIMIT, value).ptr - text);
}
}  // namespace

extern "C" size_t rowan_parse_float(const char *text, size_t length, float *value) {
    return parse(text, length, value);
}

extern "C" size_t rowan_parse_double(const char *text, size_t length, double *value) {
    return parse(text, length, value);
}

extern "C" size_t rowan_format_float(float value, char *text) { return format(value, text); }

extern "C" size_t rowan_format_double(double value, char *text) { return format(value, text); }

extern "C" size_t rowan_format_exact_digits(double value, int digits, char *text) {
    return size_t(std::to_chars(text, text + digits + 8, value, std::chars_format::scientific, digits - 1).ptr - text);
}
