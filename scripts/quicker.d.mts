/** The text of a dependency's file, with what is replaced in it. Throws where something is not there to be replaced. */
export declare function quicker(path: string, text: string): string;
