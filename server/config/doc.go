// Package config reads one configuration file, JSON or YAML, strictly.
//
//	root, err := config.Parse("watchword.yaml", data, os.LookupEnv)
//	err = config.Decode(root, &file)
//
// A file is decoded into structs whose fields carry a `key` tag. An unknown
// key, a wrong type, a key given twice and a variable that is not set are
// errors that name the key, its line and column, and what would be right; all
// of them are reported at once.
//
// ${NAME} in a text stands for the environment variable, ${NAME:-default} for
// the variable or, where it is empty or not set, the default. $${ is a plain
// ${. A text that comes from the environment may stand where a number or a
// switch is expected.
//
// All functions are safe for concurrent use.
package config
