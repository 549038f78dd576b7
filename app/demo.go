package app

import (
	"context"

	"lectern/app/school"
)

// Demo fills an empty database with six courses and three internships and, in development, with somebody to pay to where the settings name
// nobody, so that the whole way of a payment can be tried. The address is an example: no money can be sent there.
func (a *App) Demo(ctx context.Context) (filled bool, err error) {
	filled, err = a.Catalog.Demo(ctx, a.Internships.Demo)
	if err != nil || !filled || a.cfg.Env != "development" {
		return filled, err
	}
	example := school.First{UPIIDs: []string{"school@examplebank"}, UPIName: "EXAMPLE SCHOOL"}
	return filled, school.New(school.Options{DB: a.DB, Now: a.now, First: example}).Seed(ctx)
}
