// Package openapi writes an instance's OpenAPI 3.1 document: inputs from their
// shapes, outputs from their types, rows from their tables.
//
//	data, err := openapi.Encode(openapi.API{Title: "Notes", Operations: operations})
//
// The document lists what is promised to clients; members and codes may be
// added to it. Encode keeps nothing and is safe for concurrent use.
package openapi
