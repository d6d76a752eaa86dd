// Lets the scripts of this folder import the packages of the environment in PACKAGES, which is somewhere else:
// by itself Node looks for packages only in the folders above a script.

import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const scripts = new URL(".", import.meta.url).href;
const environment = pathToFileURL(`${process.env.PACKAGES}/`).href;

registerHooks({
  resolve(specifier, context, next) {
    const isPackage = !/^[./]/.test(specifier) && !URL.canParse(specifier);
    const isOurs = context.parentURL?.startsWith(scripts);
    return next(specifier, isPackage && isOurs ? { ...context, parentURL: environment } : context);
  },
});
