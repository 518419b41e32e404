package run

import "context"

const childDB = "OUTDIAL_TEST_DATABASE"

func child(context.Context) {}
