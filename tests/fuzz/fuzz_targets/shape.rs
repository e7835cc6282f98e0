#![no_main]

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    keyaki_fuzz::mutate::json(data, size, max, seed)
});
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keyaki_fuzz::shape::run(bytes));
