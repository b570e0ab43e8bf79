# `cmake --build build --target docs`: the API reference of docs/Doxyfile, in build/docs/html. There is no such target without doxygen.
find_program(TAUT_DOXYGEN doxygen)
if(TAUT_DOXYGEN)
  set(TAUT_DOCS_FOLDER ${PROJECT_BINARY_DIR}/docs)
  file(MAKE_DIRECTORY ${TAUT_DOCS_FOLDER})
  set(TAUT_DOCS_COMMAND ${CMAKE_COMMAND} -E env TAUT_VERSION=${PROJECT_VERSION} TAUT_DOCS_FOLDER=${TAUT_DOCS_FOLDER}
                        ${TAUT_DOXYGEN} docs/Doxyfile)
  add_custom_target(docs COMMAND ${TAUT_DOCS_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM)
endif()
