#ifndef CLIBCURL_SHIM_H
#define CLIBCURL_SHIM_H

#include <curl/curl.h>
#include <stdint.h>

/*
 * libcurl's option and information calls are variadic, and Swift does not import variadic C functions. Each
 * wrapper below fixes the last argument to one type. Options that an older supported libcurl (7.81, Ubuntu
 * 22.04) lacks are hidden behind a wrapper too, because only the preprocessor knows the version.
 */

/* For options that take a `long`: switches, counts, times in milliseconds. */
static inline CURLcode clibcurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

/* For options that take a size that may exceed a `long`. */
static inline CURLcode clibcurl_set_size(CURL *easy, CURLoption option, int64_t value) {
    return curl_easy_setopt(easy, option, (curl_off_t)value);
}

/* For options that take a C string, which libcurl copies. */
static inline CURLcode clibcurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

/* For options that take a pointer that libcurl only hands back or keeps: callback contexts, shares. */
static inline CURLcode clibcurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

/* For the header list, which libcurl borrows until the transfer ends. */
static inline CURLcode clibcurl_set_headers(CURL *easy, struct curl_slist *headers) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
}

/* For the write, header and read functions, which share one signature. */
static inline CURLcode clibcurl_set_data_function(
    CURL *easy, CURLoption option, size_t (*function)(char *, size_t, size_t, void *)
) {
    return curl_easy_setopt(easy, option, function);
}

/* For the function that rewinds a request body. */
static inline CURLcode clibcurl_set_seek_function(CURL *easy, int (*function)(void *, curl_off_t, int)) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, function);
}

/* For the function that makes a socket. */
static inline CURLcode clibcurl_set_socket_function(
    CURL *easy, curl_socket_t (*function)(void *, curlsocktype, struct curl_sockaddr *)
) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}

/* Names the transfer by a number of ours, kept where libcurl keeps a private pointer. */
static inline CURLcode clibcurl_set_identifier(CURL *easy, uint64_t identifier) {
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, (char *)(uintptr_t)identifier);
}

/* Allows http and https only; the option that takes names replaced the bit mask in 7.85. */
static inline CURLcode clibcurl_allow_http_only(CURL *easy) {
#if CURL_AT_LEAST_VERSION(7, 85, 0)
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* Since 7.87: giving a transfer up does not wait for the thread that still resolves its host's name. */
static inline CURLcode clibcurl_leave_resolver_behind(CURL *easy) {
#if CURL_AT_LEAST_VERSION(7, 87, 0)
    return curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
    return CURLE_OK;
#endif
}

/* For facts of a transfer that are a `long`: the status, the bytes sent, errno. 0 when unknown. */
static inline long clibcurl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

/* Reads what clibcurl_set_identifier wrote. */
static inline uint64_t clibcurl_get_identifier(CURL *easy) {
    char *value = 0;
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value) == CURLE_OK ? (uint64_t)(uintptr_t)value : 0;
}

/* For options of the multi handle that take a `long`. */
static inline CURLMcode clibcurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/* For naming a kind of data that the handles of a share have in common. */
static inline CURLSHcode clibcurl_share(CURLSH *share, curl_lock_data data) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}

#endif
