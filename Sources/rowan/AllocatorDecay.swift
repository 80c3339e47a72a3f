#if Jemalloc
    import CJemalloc
#endif

/// Lets the allocator give unused memory back.
///
/// By itself it does so only while a thread allocates, and requests that fit the buffers allocate nothing.
///
/// - Source: jemalloc(3), `arena.<i>.decay`.
enum AllocatorDecay {
    /// Gives back what has not been used for some seconds.
    ///
    /// - Complexity: microseconds, but for the pages that are given back.
    @Sendable static func run() {
        #if Jemalloc
            // 4096 stands for all arenas (`MALLCTL_ARENAS_ALL`); the name has no value to read or write.
            unsafe _ = mallctl("arena.4096.decay", nil, nil, nil, 0)
        #endif
    }
}
