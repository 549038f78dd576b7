// Package migrations holds the schema as numbered goose files. One text serves both databases; where they force it,
// `NNNN_name.sqlite.sql` and `NNNN_name.postgres.sql` stand side by side. A published file never changes.
package migrations

import "embed"

// FS holds the files of both databases.
//
//go:embed *.sql
var FS embed.FS
