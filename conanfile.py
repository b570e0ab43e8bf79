"""Conan's recipe: Taut's headers, and a component for each umbrella that needs a library beside xsimd.

conan create . --build=missing -o "taut/*:io=True"
"""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout
from conan.tools.scm import Version

required_conan_version = ">=2.6"

# What the umbrella of that name needs: the package, its versions, and its component.
UMBRELLAS = {
    "eigen": ("eigen", "[>=3.4 <4]", "eigen::eigen"),
    "idx": ("zlib", "[>=1.2.11 <2]", "zlib::zlib"),
    "image": ("stb", "cci.20230920", "stb::stb"),
    "io": ("nlohmann_json", "[>=3.11 <4]", "nlohmann_json::nlohmann_json"),
}


class Taut(ConanFile):
    name = "taut"
    description = "C++20 neural networks: shapes checked and memory planned while compiling"
    license = "MIT"
    topics = ("neural-network", "deep-learning", "simd", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {umbrella: [True, False] for umbrella in UMBRELLAS}
    default_options = {umbrella: False for umbrella in UMBRELLAS}
    exports_sources = "include/*", "LICENSE"
    no_copy_source = True
    test_package_folder = "tests/install/conan"

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include/taut/core/version.hpp"))
        self.version = re.search(r'version = "(.*)";', header).group(1)

    def layout(self):
        basic_layout(self)

    def requirements(self):
        self.requires("xsimd/[>=8.1 <14]", transitive_headers=True)
        for umbrella, (package, versions, _) in UMBRELLAS.items():
            if self.options.get_safe(umbrella):
                self.requires(f"{package}/{versions}", transitive_headers=True)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("Taut is for Linux")
        check_min_cppstd(self, 20)
        oldest = {"gcc": "12", "clang": "16"}.get(str(self.settings.compiler))
        if oldest is None or Version(self.settings.compiler.version) < oldest:
            raise ConanInvalidConfiguration(
                f"Taut needs gcc 12 or clang 16, or newer, found {self.settings.compiler} {self.settings.compiler.version}"
            )

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", os.path.join(self.source_folder, "include"), os.path.join(self.package_folder, "include"))

    def package_id(self):
        # The same headers for every compiler, machine and choice of umbrellas.
        self.info.clear()

    def package_info(self):
        # As Taut's own CMake package has it: taut::taut, and taut::<umbrella> beside it. This name is for all of them together.
        self.cpp_info.set_property("cmake_file_name", "taut")
        self.cpp_info.set_property("cmake_target_name", "taut::umbrellas")
        needs = {"taut": ["xsimd::xsimd"]}
        for umbrella, (_, _, component) in UMBRELLAS.items():
            if self.options.get_safe(umbrella):
                needs[umbrella] = ["taut", component]
        for component, requires in needs.items():
            info = self.cpp_info.components[component]
            info.set_property("cmake_target_name", f"taut::{component}")
            info.requires = requires
            info.bindirs = []
            info.libdirs = []
        self.cpp_info.components["taut"].system_libs = ["pthread"]
