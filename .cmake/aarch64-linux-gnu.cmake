# Toolchain: Debian's cross compiler for 64-bit ARM, whose programs qemu-user runs. g++-aarch64-linux-gnu searches /usr/include after the
# headers of its own C library, so packages of headers alone are the host's; nothing may put that folder any earlier in its search.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)
