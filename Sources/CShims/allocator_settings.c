// What jemalloc reads when the process starts (jemalloc(3), "TUNING"); nothing reads it where another allocator serves.
//
// Bodies of large requests are kept for the next ones like smaller memory: left alone, jemalloc gives blocks of 8 MiB
// and more back to the kernel at once, and touching each page of the next one anew costs more than reading the request.
// What stays unused is given back within ten seconds.
const char *malloc_conf = "oversize_threshold:0";
