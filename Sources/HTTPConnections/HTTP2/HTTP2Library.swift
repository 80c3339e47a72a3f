import CNghttp2
import LinuxSystem

/// What all sessions of one loop give to the library that frames HTTP/2: the functions it calls, and its options.
///
/// - Ownership: one per loop; the library copies both when a session is made.
@safe
final class HTTP2Library {
    let callbacks: OpaquePointer
    let options: OpaquePointer
    /// What sessions and streams of the library live in.
    let memory = BlockPool(keptByteCountLimit: HTTP2Limits.keptLibraryByteCount)

    init(_ limits: HTTP2Limits) {
        var made: OpaquePointer?
        // Both are allocations of the library, made here and freed in `deinit`.
        guard unsafe nghttp2_session_callbacks_new(&made) == 0, let callbacks = unsafe made else {
            preconditionFailure("the library's callbacks could not be allocated")
        }
        unsafe made = nil
        guard unsafe nghttp2_option_new(&made) == 0, let options = unsafe made else {
            preconditionFailure("the library's options could not be allocated")
        }
        unsafe self.callbacks = callbacks
        unsafe self.options = options
        unsafe HTTP2Session.setCallbacks(callbacks)
        // Windows are given back when bytes are used up, not when they arrive.
        unsafe nghttp2_option_set_no_auto_window_update(options, 1)
        unsafe nghttp2_option_set_max_settings(options, HTTP2Limits.settingsPerFrame)
        unsafe nghttp2_option_set_max_continuations(options, HTTP2Limits.continuationsPerHead)
        unsafe nghttp2_option_set_max_outbound_ack(options, HTTP2Limits.waitingAcknowledgements)
        // `HTTP2FloodMeter` is the stricter one, and knows whether a stream was still in work.
        unsafe nghttp2_option_set_stream_reset_rate_limit(
            options, UInt64(limits.resetBurst) * 16, UInt64(limits.resetsPerSecond) * 16)
    }

    /// The library's functions for memory, which it copies; the pool lives as long as this object, which every session
    /// holds.
    var allocator: nghttp2_mem {
        // The functions get back the pool that is given along here, and blocks that they have handed out.
        unsafe nghttp2_mem(
            mem_user_data: Unmanaged.passUnretained(memory).toOpaque(),
            malloc: { byteCount, pool in
                unsafe HTTP2Library.pool(pool)._withUnsafeGuaranteedRef { unsafe $0.allocate(byteCount) }
            },
            free: { memory, pool in
                guard let block = unsafe memory else { return }
                unsafe HTTP2Library.pool(pool)._withUnsafeGuaranteedRef { unsafe $0.free(block) }
            },
            calloc: { count, byteCount, pool in
                unsafe HTTP2Library.pool(pool)._withUnsafeGuaranteedRef { unsafe $0.allocateZeros(count * byteCount) }
            },
            realloc: { memory, byteCount, pool in
                unsafe HTTP2Library.pool(pool)._withUnsafeGuaranteedRef { pool in
                    guard let block = unsafe memory else { return unsafe pool.allocate(byteCount) }
                    return unsafe pool.reallocate(block, byteCount)
                }
            })
    }

    /// The pool, which is not counted once more: counting it cost a fifteenth of a call.
    private static func pool(_ userData: UnsafeMutableRawPointer?) -> Unmanaged<BlockPool> {
        guard let userData = unsafe userData else { preconditionFailure("every session was given the pool") }
        // `allocator` gave the library this pointer, and every session holds the object that owns the pool.
        return unsafe Unmanaged<BlockPool>.fromOpaque(userData)
    }

    deinit {
        // Made in `init`; sessions have copied what they need.
        unsafe nghttp2_session_callbacks_del(callbacks)
        unsafe nghttp2_option_del(options)
    }
}
