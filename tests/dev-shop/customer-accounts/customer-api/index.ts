import { Router } from "express";

/** POST /_customer-api/{version}/graphql.json */
export function customerApi(): Router {
  const router = Router();
  router.use((_request, response) => {
    response.status(501).json({ errors: [{ message: "NOT_SERVED" }] });
  });
  return router;
}
