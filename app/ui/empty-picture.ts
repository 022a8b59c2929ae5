/** The drawing above an empty list: a parcel that comes again. Decoration, so without a text of its own. */
export { default as EmptyPicture } from "./empty-picture.svg?url";
