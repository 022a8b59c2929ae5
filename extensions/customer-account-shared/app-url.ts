/**
 * Where the app's server is: `application_url` of shopify.app.toml, which an extension isn't told at run time. A test
 * keeps the two the same; who deploys an app of their own changes both.
 */
export const APP_URL = "https://perennial.example.com";
